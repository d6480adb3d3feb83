"""A round: everything is started, everybody works, everything is killed; the next one looks at what is left."""

from __future__ import annotations

import hashlib
import random
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiban.formats.careplan.layouts import samples
from kiban.intake.load import load_file
from tests.cluster import until
from tests.installation import Installation
from tests.killing import clients, files
from tests.killing.judge import Judge
from tests.killing.lot import KilledError, Lot
from tests.killing.place import Place
from tests.killing.tampering import tamper
from tests.serving import tls

EARLY = 0.15  # of the rounds end while things are still starting
TAMPERED = 4  # every so many rounds the role's settings are tampered with
LONGEST = 2.5  # seconds everybody works
BETWEEN = 0.3  # seconds from one load, or one run of an office's client, to the next
WITH_DAILY = 0.3  # of the rounds
PAUSE, LOOKS = 0.1, 1200  # seconds between two looks whether the server answers, and how many of them
CLIENTS = {
    clients.Opener: "opener",
    clients.Lister: "lister",
    clients.Acting: "acting",
    clients.Bare: "opener",
}


class Worker(threading.Thread):
    """Begins one process after the other until the lot is killed."""

    def __init__(self, lot: Lot, work: Callable[[Lot], None]) -> None:
        super().__init__(daemon=True)
        self.lot, self.work = lot, work

    def run(self) -> None:
        with suppress(KilledError):
            while not self.lot.is_over.is_set():
                self.work(self.lot)
                self.lot.is_over.wait(BETWEEN)


class Rounds:
    """All of them, on one installation."""

    def __init__(self, made: Installation, place: Place, folder: Path, chance: random.Random) -> None:
        self.made, self.place, self.folder, self.chance = made, place, folder, chance
        self.journal = clients.Journal(folder / "answers.jsonl")
        self.judge = Judge(place, self.journal)
        self.said = folder / "said.txt"
        self.file = 0  # the number of the file that is loaded just now
        self.expected: dict[str, bytes] = {}  # what is to lie at the receiver's in the end
        self.is_tampered = False

    def round(self, number: int) -> str:
        """One round up to its kill; says in words what it was."""
        lot = Lot(self.made, self.said)
        began, words = time.monotonic(), "early"
        try:
            serve = self.serve(lot)
            workers = [Worker(lot, work) for work in (self.load, self.send, self.receive)]
            for worker in workers:
                worker.start()
            if number and self.chance.random() < EARLY:
                lot.is_over.wait(self.chance.uniform(0.0, 3.0))
            else:
                self.wait_for(serve)
                words = self.work(lot, number)
        finally:
            lot.kill(self.chance)
        for worker in workers:
            worker.join()
        return f"{words}, killed after {time.monotonic() - began:.1f} s"

    def work(self, lot: Lot, number: int) -> str:
        """Everybody works for a while."""
        with self.place.world() as world:
            self.judge.look(world)
        if self.is_tampered:
            assert self.made.kiban("setup").returncode == 0
            self.is_tampered = False
        if number % TAMPERED == TAMPERED - 1:
            tamper(self.made)
            self.is_tampered = True
        over = threading.Event()
        people = [one(self.place, self.journal, over, who, self.chance.getrandbits(32)) for one, who in CLIENTS.items()]
        for client in people:
            client.start()
        try:
            opener = people[0]
            assert opener.was_answered.wait(60), "nobody is answered any more"
            over.wait(self.chance.uniform(0.0, LONGEST))
            lot.kill(self.chance)
        finally:
            over.set()
            for client in people:
                client.join()
        return "tampered with" if self.is_tampered else "working"

    def serve(self, lot: Lot) -> subprocess.Popen[bytes]:
        """The web server, now and then with the work of every day beside it."""
        beside = [] if self.chance.random() < WITH_DAILY else ["--without-daily"]
        return lot.kiban("serve", "--with-the-input", "--port", str(self.place.address.port), *beside)

    def wait_for(self, serve: subprocess.Popen[bytes]) -> None:
        """Until the web server answers. Raises AssertionError: it has ended by itself, or does not answer."""
        patience, context = threading.Event(), tls(None)
        for _ in range(LOOKS):
            assert serve.poll() is None, "the server does not start"
            if clients.health(self.place.address.port, context) == 200:
                return
            patience.wait(PAUSE)
        raise AssertionError("the server does not answer")

    def load(self, lot: Lot) -> None:
        """``kiban load`` of the file; the next one when that ended well."""
        path = files.file(self.place.desk, self.file)
        done = lot.kiban("load", str(path), "--yes")
        code = done.wait()
        if code in (0, 1) and not lot.is_over.is_set():  # 1: rows with faults
            self.judge.loaded[self.file] = hashlib.sha256(path.read_bytes()).hexdigest()
            self.file += 1

    def send(self, lot: Lot) -> None:
        """The care software writes a sending, the client sends it."""
        office = self.place.offices["sender"]
        if not office.files("送信"):
            scene = self.place.exchange.scene()
            sending = samples.unit("schedule", scene)
            planning = self.place.exchange.planning.number
            self.expected |= {f"{scene.sequence}_{planning}/{name}": content for name, content in sending.items()}
            office.export(sending)
        lot.sync(office.arguments()).wait()

    def receive(self, lot: Lot) -> None:
        """The client fetches; the care software takes in what lies there, and says so."""
        office = self.place.offices["receiver"]
        lot.sync(office.arguments()).wait()
        for folder in (office.folder / "受信").glob("*_*"):
            if folder.is_dir() and self.chance.random() < 0.5:
                (folder / "取込済.txt").touch()

    def last(self) -> None:
        """Nothing is killed any more: everything is brought to its end and compared with what was never disturbed."""
        lot = Lot(self.made, self.said)
        try:
            self.wait_for(self.serve(lot))
            if self.is_tampered:
                assert self.made.kiban("setup").returncode == 0
            self.load(lot)
            sender, receiver = self.place.offices["sender"], self.place.offices["receiver"]
            for office in (sender, receiver, receiver):
                assert lot.sync(office.arguments()).wait() == 0, office.log[-1000:]
            assert sender.files("送信") == {} and sender.files("確認が必要") == {}
            taken = {name: content for name, content in receiver.files("受信").items() if name[-4:] != ".txt"}
            assert taken == self.expected, "what was sent and what came differ"
            with self.place.world() as world:
                self.judge.look(world)
                self.judge.nothing_is_gone(world)
                self.compare_loads()
            looked = self.made.kiban("doctor")
            assert looked.returncode == 0, looked.stdout
        finally:
            lot.end()
        until(lambda: not lot.everybody())

    def compare_loads(self) -> None:
        """The same files once more, for another insurer and without disturbance: the same versions."""
        twin, desk = self.place.twin, self.place.desk
        for number in range(self.file):
            load_file(files.file(twin, number))
        ours, theirs = (repr(one.state()).replace(one.insurer, "insurer") for one in (desk, twin))
        assert ours == theirs, "a load that was killed and one that was not differ"

    def summary(self) -> str:
        """What was done, in words."""
        return (
            f"{self.judge.judged} answers held against {len(self.judge.questions)} questions and"
            f" {len(self.judge.decisions)} decisions, {len(self.judge.consented)} consents,"
            f" {len(self.expected)} files exchanged, {self.file} files of {files.ROWS} rows loaded;"
            f" answers by status: {dict(sorted(self.journal.statuses.items()))}"
        )
