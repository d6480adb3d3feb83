"""kiban-exchange against the real server over real TLS: nothing lost, nothing twice, whatever is killed or full."""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.machine import keys
from kiban.formats.careplan.layouts import samples
from kiban.staff.models import Employment
from kiban.terminals import authority
from kiban.terminals.models import Terminal
from kiban_exchange import cli, disk, journal, line, sync
from kiban_exchange.cli import Exit
from tests.cluster import kill_if_there
from tests.database import ROOT
from tests.exchange.town import Town, unit_of
from tests.requirements import absent, needs
from tests.serving import Serving, free_port, real_certificate, serving
from tests.world import Actor, World, days

pytestmark = pytest.mark.server

NO = '{"code": "no", "message": "だめです。"}'.encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "LOOK_AGAIN", 0.0)


class Office:
    """A PC of an office: its folder, certificate and key, and the client run on them."""

    def __init__(self, world: World, actor: Actor, folder: Path, server: Serving) -> None:
        self.world, self.actor, self.server = world, actor, server
        self.folder, self.settings = folder / "連携", folder / "settings"
        self.folder.mkdir(parents=True)
        chain, key = real_certificate(world, actor, self.settings).pem()
        self.pem, self.key_file = self.settings / "terminal-and-key.pem", self.settings / "key.txt"
        self.pem.write_bytes(chain.read_bytes() + key.read_bytes())
        self.key, secret = keys.issue(
            Employment.objects.get(pk=actor.employment_id), Terminal.objects.get(pk=actor.terminal_id)
        )
        self.key_file.write_text(f"{secret}\n")

    def arguments(self, **change: Any) -> list[str]:
        values = {
            "server": self.server.origin,
            "certificate": self.pem,
            "ca": authority.server_root_path(),
            "key-file": self.key_file,
            **{name.replace("_", "-"): value for name, value in change.items()},
        }
        return ["sync", str(self.folder), *(f"--{name}={value}" for name, value in values.items())]

    def run(self, **change: Any) -> int:
        return cli.main(self.arguments(**change))

    def export(self, files: dict[str, bytes]) -> None:
        """What the care software does."""
        (self.folder / sync.OUT).mkdir(exist_ok=True)
        for name, content in files.items():
            (self.folder / sync.OUT / name).write_bytes(content)

    def files(self, place: str) -> dict[str, bytes]:
        """Everything below a folder, by path; unfinished things too."""
        root = self.folder / place
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8-sig")

    @property
    def log(self) -> str:
        return self.read("記録.log")

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self.read("状態.json"))


@pytest.fixture
def sender(town: Town, tmp_path: Path, server: Serving) -> Office:
    return Office(town.world, town.actors["planner"], tmp_path / "sender", server)


@pytest.fixture
def receiver(town: Town, tmp_path: Path, server: Serving) -> Office:
    office = Office(town.world, town.actors["provider"], tmp_path / "receiver", server)
    # real_certificate gave both offices' terminals new fingerprints; the participants of the town follow.
    town.planner, town.provider = (
        replace(participant, caller=town.actors[name].caller)
        for participant, name in ((town.planner, "planner"), (town.provider, "provider"))
    )
    return office


def placed(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def inbox(town: Town) -> list[dict[str, Any]]:
    units, _, refusal = boxes.box(town.provider, "in")
    assert refusal is None
    return units


def test_there_and_the_receipt_back(town, sender, receiver):
    scene = town.scene()
    files = samples.unit("schedule", scene)
    sender.export(files)
    assert sender.run() == Exit.DONE
    assert sender.files(sync.OUT) == {} and sender.files(sync.SENT) == placed(scene.sequence, files)
    assert receiver.run() == Exit.DONE
    place = f"{scene.sequence}_{town.planning.number}"
    assert receiver.files(sync.IN) == placed(place, files)  # byte for byte
    (unit,) = inbox(town)
    assert unit["state"] == "opened"
    (receiver.folder / sync.IN / place / "エラー.txt.txt").write_bytes("3行目を取り込めません\r\n\r\n".encode("cp932"))
    assert receiver.run() == receiver.run() == Exit.DONE
    assert sender.run() == Exit.DONE and "相手が取り込めませんでした" in sender.log
    (receiver.folder / sync.IN / place / "取込済").touch()
    assert receiver.run() == receiver.run() == Exit.DONE
    assert sender.run() == Exit.DONE and "相手が取り込みました" in sender.log
    receipts = boxes.open_units(town.planner, [unit["id"]]).receipts[unit["id"]]
    assert [(one.outcome, one.rows) for one in receipts] == [("error", ["3行目を取り込めません"]), ("taken", [])]
    for office in (sender, receiver):
        assert not any(person.split()[0] in office.log for person in ("試験", "シケン"))
        assert list(office.folder.rglob("~*")) == []


def test_runs_without_anything_to_do_change_nothing(sender):
    assert sender.run() == Exit.DONE
    before = (sender.folder / "状態.json").exists() and sender.state
    assert sender.run() == Exit.DONE
    assert ((sender.folder / "状態.json").exists() and sender.state) == before
    assert not (sender.folder / "記録.log").exists()


def test_what_is_faulty_is_put_aside_with_the_reason_and_goes_when_mended(town, sender, receiver):
    scene = town.scene()
    files = samples.unit("schedule", scene)
    (plan,) = (name for name in files if name.startswith("UPPLAN"))
    sender.export({**files, plan: files[plan].replace(b"202407", b"209999", 1)})
    assert sender.run() == Exit.NEEDS_PERSON
    assert sender.files(sync.OUT) == {} and inbox(town) == []
    reason = sender.read(f"{sync.HELD}/{scene.sequence}/{sync.REASON}")
    assert f"{plan} 1行目 1列目(CSVバージョン)" in reason and "何も届いていません" in reason
    assert sender.run() == Exit.DONE  # told once
    sender.export(files)
    assert sender.run() == Exit.DONE
    assert sender.files(sync.SENT) == placed(scene.sequence, files) and len(inbox(town)) == 1


def test_a_stranger_is_put_aside_with_the_place_and_without_a_name(town, sender, receiver):
    unit = unit_of("plan", town.scene(), change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]})
    sender.export(unit.files)
    assert sender.run() == Exit.NEEDS_PERSON
    reason = sender.read(f"{sync.HELD}/{unit.name.sequence}/{sync.REASON}")
    assert "1行目: 送り先の利用者だと確かめられない人の行です。" in reason
    assert not [name for name in unit.people.values() if name and (name in reason or name in sender.log)]
    assert inbox(town) == []


def test_a_unit_waits_for_its_last_file(town, sender, receiver):
    files = samples.unit("schedule", town.scene())
    (last,) = (name for name in files if name.startswith("UPHOSOKU"))
    sender.export({name: content for name, content in files.items() if name != last})
    assert sender.run() == sender.run() == Exit.DONE
    assert sender.log.count("そろうのを待っています") == 1 and "UPHOSOKU" in sender.log and inbox(town) == []
    sender.export({last: files[last]})
    assert sender.run() == Exit.DONE
    assert len(inbox(town)) == 1 and sender.state["waiting"] == {}


def test_what_never_becomes_whole_is_told_by_the_check(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export({name: content for name, content in files.items() if not name.startswith("UPSIKYU")})
    assert sender.run() == Exit.DONE
    monkeypatch.setattr(sync, "WAIT_FOR_REST", 0.0)
    assert sender.run() == Exit.NEEDS_PERSON
    (reason,) = (content.decode() for name, content in sender.files(sync.HELD).items() if name.endswith(sync.REASON))
    assert "UPSIKYU" in reason and inbox(town) == []


def test_a_file_that_is_still_being_written_is_left_alone(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    growing = sender.folder / sync.OUT / min(files)
    sender.export(files)
    whole = growing.read_bytes()
    growing.write_bytes(whole[:100])
    monkeypatch.setattr(sync.time, "sleep", lambda _: growing.write_bytes(whole))
    assert sender.run() == Exit.DONE and inbox(town) == [] and len(sender.files(sync.OUT)) == 3
    monkeypatch.undo()
    monkeypatch.setattr(sync, "LOOK_AGAIN", 0.0)
    assert sender.run() == Exit.DONE and len(inbox(town)) == 1


def test_a_file_written_anew_while_it_was_sent_stays(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    name = min(files)
    sender.export(files)
    send = line.Line.send

    def and_write(self: line.Line, sent: Any) -> Any:
        answer = send(self, sent)
        (sender.folder / sync.OUT / name).write_bytes(b"another")
        return answer

    monkeypatch.setattr(line.Line, "send", and_write)
    assert sender.run() == Exit.DONE
    assert sender.files(sync.OUT) == {name: b"another"} and "書き換えられた" in sender.log


def test_other_files_stay_where_they_are(sender):
    sender.export({"メモ 試験 花子.txt": b"x", "UPPLAN_old.CSV": b"y"})
    assert sender.run() == Exit.NEEDS_PERSON
    assert sender.files(sync.OUT) == {"メモ 試験 花子.txt": b"x"}
    assert "1個" in sender.log and "花子" not in sender.log
    held = sender.files(sync.HELD)
    assert sorted(Path(name).name for name in held) == ["UPPLAN_old.CSV", sync.REASON]
    assert sender.run() == Exit.DONE


def test_the_answer_was_lost(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    send = line.Line.send

    def lost(self: line.Line, sent: Any) -> Any:
        send(self, sent)
        raise line.AwayError("つながりません。")

    monkeypatch.setattr(line.Line, "send", lost)
    assert sender.run() == Exit.AWAY and sender.files(sync.OUT) == files
    monkeypatch.setattr(line.Line, "send", send)
    assert sender.run() == Exit.DONE and sender.files(sync.OUT) == {}
    assert "前に送れていました" in sender.log and len(inbox(town)) == 1


def test_a_connection_that_was_cut_is_made_anew(town, sender, receiver, monkeypatch):
    sender.export(samples.unit("schedule", town.scene()))
    answer, cut = http.client.HTTPSConnection.getresponse, []

    def cut_once(self: http.client.HTTPSConnection) -> Any:
        found = answer(self)
        if not cut:
            cut.append(found.read())
            raise http.client.RemoteDisconnected
        return found

    monkeypatch.setattr(http.client.HTTPSConnection, "getresponse", cut_once)
    assert sender.run() == Exit.DONE
    assert cut and len(inbox(town)) == 1 and sender.files(sync.OUT) == {}


def test_two_pcs_with_the_same_unit_at_the_same_time(town, sender, receiver, tmp_path, server):
    other = Office(town.world, town.world.actor(town.planning), tmp_path / "other", server)
    scenes = [town.scene() for _ in range(5)]
    for office in (sender, other):
        for scene in scenes:
            office.export(samples.unit("schedule", scene))
    codes: list[int] = []
    threads = [threading.Thread(target=lambda office=office: codes.append(office.run())) for office in (sender, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [Exit.DONE, Exit.DONE]
    assert [one["sequence"] for one in inbox(town)] == [scene.sequence for scene in scenes]
    assert sender.files(sync.SENT) == other.files(sync.SENT) and sender.files(sync.OUT) == other.files(sync.OUT) == {}


def test_two_pcs_with_one_sequence_and_different_contents(town, sender, receiver, tmp_path, server):
    other = Office(town.world, town.world.actor(town.planning), tmp_path / "other", server)
    scenes = [town.scene() for _ in range(5)]
    for seed, office in enumerate((sender, other)):
        for scene in scenes:
            office.export(samples.unit("schedule", replace(scene, seed=seed + 1)))
    codes: list[int] = []
    threads = [threading.Thread(target=lambda office=office: codes.append(office.run())) for office in (sender, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(codes) <= {Exit.DONE, Exit.NEEDS_PERSON}
    assert sorted(one["sequence"] for one in inbox(town)) == [scene.sequence for scene in scenes]
    assert len(sender.files(sync.SENT)) + len(other.files(sync.SENT)) == 3 * len(scenes)
    assert sender.files(sync.OUT) == other.files(sync.OUT) == {}


def test_two_runs_on_one_folder_do_not_collide(sender, capsys):
    with disk.locked(sender.folder / cli.LOCK):
        assert sender.run() == Exit.IN_USE
    assert "すでに kiban-exchange が動いています" in capsys.readouterr().err
    assert sender.run() == Exit.DONE


# Killed at every step -----------------------------------------------------------------------------


def killed_at(step: int, run: Callable[[], int]) -> bool:
    """Run in a process that kills itself (-9) at a step: before or after anything it does to disk or platform.

    Returns:
        whether there were as many steps.
    """
    child = os.fork()
    if not child:
        seen = 0

        def around(of: Any, name: str) -> None:
            plain = getattr(of, name)

            def watched(*arguments: Any, **more: Any) -> Any:
                nonlocal seen
                for when in ("before", "after"):
                    seen += 1
                    if seen == step:
                        os.kill(os.getpid(), signal.SIGKILL)
                    if when == "before":
                        answer = plain(*arguments, **more)
                return answer

            setattr(of, name, watched)

        for name in ("replace", "rename", "unlink", "mkdir", "fsync"):
            around(os, name)
        around(line.Line, "_ask")
        code = 99
        with contextlib.suppress(BaseException):
            code = run()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == Exit.DONE
    return os.WIFSIGNALED(status)


def test_killed_at_any_step_of_sending(town, sender, receiver):
    steps, expected = 0, {}
    killed = True
    while killed:
        steps += 1
        scene = town.scene()
        files = samples.unit("schedule", scene)
        expected |= placed(scene.sequence, files)
        sender.export(files)
        killed = killed_at(steps, sender.run)
        if killed:
            assert sender.run() == Exit.DONE
        assert sender.files(sync.OUT) == {} and sender.state["moves"] == []
        assert sender.files(sync.SENT) == expected
    assert steps > 30
    sequences = [one["sequence"] for one in inbox(town)]
    assert sorted(f"{one}" for one in sequences) == sorted({name.split("/")[0] for name in expected})
    assert sender.files(sync.HELD) == {}


def test_killed_at_any_step_of_receiving(town, sender, receiver):
    steps, expected = 0, {}
    killed = True
    while killed:
        steps += 1
        scene = town.scene()
        unit = unit_of("schedule", scene)
        town.send(town.planner, unit)
        expected |= placed(f"{scene.sequence}_{town.planning.number}", unit.files)
        killed = killed_at(steps, receiver.run)
        if killed:
            assert receiver.run() == Exit.DONE
        assert receiver.files(sync.IN) == expected
    assert steps > 25
    assert len(receiver.state["received"]) == steps
    assert {one["state"] for one in inbox(town)} == {"opened"}


@pytest.mark.parametrize("outcome", ["error", "taken"])
def test_killed_at_any_step_of_a_receipt(town, sender, receiver, outcome):
    steps = 0
    killed = True
    while killed:
        steps += 1
        scene = town.scene()
        number = town.send(town.planner, unit_of("schedule", scene))
        assert receiver.run() == Exit.DONE
        word = {"error": "エラー.txt", "taken": "取込済.txt"}[outcome]
        (receiver.folder / sync.IN / f"{scene.sequence}_{town.planning.number}" / word).write_bytes(b"row 1\n")
        killed = killed_at(steps, receiver.run)
        assert receiver.run() == Exit.DONE
        receipts = boxes.open_units(town.planner, [number]).receipts[number]
        assert [one.outcome for one in receipts] == [outcome]
    assert steps > 8


@pytest.mark.fault
def test_the_server_is_killed_in_the_middle_of_a_sending(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    send = http.client.HTTPSConnection.send
    with serving() as fragile:

        def half(self: http.client.HTTPSConnection, content: Any) -> None:
            if isinstance(content, bytes) and content.startswith(b"PK") and fragile.process.poll() is None:
                send(self, content[: len(content) // 2])
                main = fragile.process.pid
                children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
                for pid in (main, *map(int, children)):
                    kill_if_there(pid)
                fragile.process.wait()
                content = content[len(content) // 2 :]
            send(self, content)

        monkeypatch.setattr(http.client.HTTPSConnection, "send", half)
        assert sender.run(server=fragile.origin) == Exit.AWAY
        assert fragile.process.returncode == -signal.SIGKILL
    assert sender.files(sync.OUT) == files and inbox(town) == []
    assert sender.run() == Exit.DONE
    assert len(inbox(town)) == 1 and sender.files(sync.OUT) == {}


# What the platform refuses ------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["certificate", "key", "key_of_other_terminal", "person_left"])
def test_who_is_refused_sends_nothing_and_loses_nothing(town, world, sender, receiver, change):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    if change == "certificate":
        world.run(
            "UPDATE terminals_certificate SET revoked_at = now(), revocation_reason = '紛失' WHERE id = %s",
            sender.actor.certificate_id,
        )
    elif change == "key":
        keys.revoke(sender.key, Employment.objects.get(pk=sender.actor.employment_id).account)
    elif change == "key_of_other_terminal":
        other = world.actor(town.planning)
        _, secret = keys.issue(
            Employment.objects.get(pk=other.employment_id), Terminal.objects.get(pk=other.terminal_id)
        )
        sender.key_file.write_text(secret)
    else:
        world.run("UPDATE staff_employment SET ends_on = %s WHERE id = %s", days(0), sender.actor.employment_id)
    assert sender.run() == Exit.REFUSED
    assert "使えません" in sender.log and sender.files(sync.OUT) == files and inbox(town) == []


def test_a_key_without_the_certificate_is_refused(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    plain = line._context

    def without(certificate: Path, ca: Path) -> Any:
        del certificate
        return plain_without(ca)

    def plain_without(ca: Path) -> Any:
        context = plain(sender.pem, ca)
        fresh = type(context)(context.protocol)
        fresh.load_verify_locations(ca)
        return fresh

    monkeypatch.setattr(line, "_context", without)
    assert sender.run() == Exit.REFUSED
    assert "証明書" in sender.log and sender.files(sync.OUT) == files and inbox(town) == []


def test_a_certificate_revoked_in_the_middle_stops_there(town, world, sender, receiver, monkeypatch):
    scenes = [town.scene() for _ in range(3)]
    for scene in scenes:
        sender.export(samples.unit("schedule", scene))
    send, sent = line.Line.send, []

    def then_revoked(self: line.Line, files: Any) -> Any:
        answer = send(self, files)
        sent.append(1)
        world.run(
            "UPDATE terminals_certificate SET revoked_at = now(), revocation_reason = '紛失' WHERE id = %s",
            sender.actor.certificate_id,
        )
        return answer

    monkeypatch.setattr(line.Line, "send", then_revoked)
    assert sender.run() == Exit.REFUSED and len(sent) == 1
    assert sender.files(sync.SENT) == placed(scenes[0].sequence, samples.unit("schedule", scenes[0]))
    assert len(sender.files(sync.OUT)) == 6 and len(inbox(town)) == 1
    monkeypatch.undo()
    monkeypatch.setattr(sync, "LOOK_AGAIN", 0.0)
    world.run("UPDATE terminals_certificate SET revoked_at = NULL WHERE id = %s", sender.actor.certificate_id)
    assert sender.run() == Exit.DONE
    assert [one["sequence"] for one in inbox(town)] == [scene.sequence for scene in scenes]


# What arrives -------------------------------------------------------------------------------------


def test_what_lies_there_is_never_overwritten(town, sender, receiver):
    scene = town.scene()
    unit = unit_of("schedule", scene)
    number = town.send(town.planner, unit)
    place = f"{scene.sequence}_{town.planning.number}"
    mine = receiver.folder / sync.IN / place / min(unit.files)
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"something else")
    assert receiver.run() == Exit.DONE
    assert mine.read_bytes() == b"something else" and "別のフォルダ" in receiver.log
    assert placed(f"{place}_{number}", unit.files).items() <= receiver.files(sync.IN).items()
    # Without the journal everything is looked at again, and nothing is there twice.
    before = receiver.files(sync.IN)
    (receiver.folder / "状態.json").unlink()
    assert receiver.run() == Exit.DONE and receiver.files(sync.IN) == before


def test_a_folder_moved_away_is_not_fetched_again(town, sender, receiver):
    town.send(town.planner, unit_of("schedule", town.scene()))
    assert receiver.run() == Exit.DONE
    shutil.rmtree(receiver.folder / sync.IN)
    assert receiver.run() == Exit.DONE and receiver.files(sync.IN) == {}


def test_what_was_withdrawn_is_marked(town, sender, receiver):
    scene = town.scene()
    number = town.send(town.planner, unit_of("schedule", scene))
    assert receiver.run() == Exit.DONE
    boxes.withdraw(town.planner, number)
    assert receiver.run() == receiver.run() == Exit.DONE
    assert "取り込まないでください" in receiver.read(
        f"{sync.IN}/{scene.sequence}_{town.planning.number}/{sync.WITHDRAWN}"
    )
    assert receiver.log.count("相手が取り消しました") == 1


def test_a_journal_that_cannot_be_read_is_put_aside(town, sender, receiver):
    scene = town.scene()
    town.send(town.planner, unit_of("schedule", scene))
    assert receiver.run() == Exit.DONE
    before = receiver.files(sync.IN)
    for broken in ('{"moves": [', "[]", '{"moves": [{}]}', ""):
        (receiver.folder / "状態.json").write_text(broken)
        assert receiver.run() == Exit.DONE and receiver.files(sync.IN) == before
        assert receiver.read("状態_読めないもの.json") == broken


def test_what_was_damaged_on_the_way_is_fetched_again(town, sender, receiver, monkeypatch):
    town.send(town.planner, unit_of("schedule", town.scene()))
    fetch = line.Line.fetch
    monkeypatch.setattr(line.Line, "fetch", lambda self, unit: {k: v[:-1] for k, v in fetch(self, unit).items()})
    assert receiver.run() == Exit.NEEDS_PERSON and receiver.files(sync.IN) == {} and "こわれています" in receiver.log
    monkeypatch.setattr(line.Line, "fetch", fetch)
    assert receiver.run() == Exit.DONE and len(receiver.files(sync.IN)) == 3


def test_what_could_not_be_fetched_is_not_passed_by(town, world, sender, receiver, monkeypatch):
    number = town.send(town.planner, unit_of("schedule", town.scene()))
    world.run("UPDATE care.exchange_unit SET sent_at = now() - interval '60 days' WHERE id = %s", number)
    monkeypatch.setattr(disk, "write_folder", raises(OSError(errno.ENOSPC, "full")))
    assert receiver.run() == Exit.DISK
    monkeypatch.undo()
    assert receiver.run() == Exit.DONE and len(receiver.files(sync.IN)) == 3
    assert receiver.state["after_in"] == number and receiver.run() == Exit.DONE


def raises(error: Exception) -> Callable[..., Any]:
    def always(*_: Any, **__: Any) -> Any:
        raise error

    return always


# The disk -----------------------------------------------------------------------------------------


def test_a_full_disk_loses_nothing(town, sender, receiver, monkeypatch):
    """Every write may fail: at each of them in turn, on both sides, and the next run makes it good."""
    plain, left = disk.write_new, [0]

    def full(path: Path, content: bytes) -> None:
        if not left[0]:
            path.write_bytes(content[: len(content) // 2])  # what a full disk leaves
            raise OSError(errno.ENOSPC, "no space")
        left[0] -= 1
        plain(path, content)

    for number in range(6):
        scene = town.scene()
        files = samples.unit("schedule", scene)
        sender.export(files)
        left[0] = number
        monkeypatch.setattr(disk, "write_new", full)
        codes = {sender.run(), receiver.run()}
        assert Exit.DISK in codes and codes <= {Exit.DISK, Exit.DONE}
        monkeypatch.setattr(disk, "write_new", plain)
        assert sender.run() == receiver.run() == Exit.DONE
        assert sender.files(sync.OUT) == {}
        assert placed(scene.sequence, files).items() <= sender.files(sync.SENT).items()
        place = f"{scene.sequence}_{town.planning.number}"
        assert placed(place, files).items() <= receiver.files(sync.IN).items()
    assert len(inbox(town)) == len(receiver.state["received"]) == 6
    assert "空きがありません" in sender.log + receiver.log
    assert list(receiver.folder.rglob("~*")) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB (tmpfs); only the superuser of the machine can mount one."""
    absent("mounting a small disk needs root", when=os.geteuid() != 0)
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", str(folder)], check=False, capture_output=True
    )
    absent("this machine does not let us mount a tmpfs", when=mounted.returncode != 0)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.fault
def test_a_disk_that_is_really_full(town, sender, receiver, small_disk, capsys):
    scenes = [town.scene() for _ in range(3)]
    for scene in scenes:
        town.send(town.planner, unit_of("schedule", scene))
    receiver.folder = small_disk
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        for _ in range(100):
            file.write(bytes(4096))
            file.flush()
    os.truncate(filler, filler.stat().st_size - 2 * 4096)  # room for two files, not for a unit
    assert receiver.run() == Exit.DISK
    assert receiver.files(sync.IN) == {} and "空きがありません" in capsys.readouterr().out
    filler.unlink()
    assert receiver.run() == Exit.DONE
    assert len(receiver.files(sync.IN)) == 9


def test_a_file_another_software_holds_is_waited_for(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    plain = Path.read_bytes

    def held(path: Path) -> bytes:
        if path.parent.name == sync.OUT:
            raise PermissionError(errno.EACCES, "in use")
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", held)
    assert sender.run() == Exit.DONE and "ほかのソフトが使っている" in sender.log
    monkeypatch.undo()
    assert sender.files(sync.OUT) == files and inbox(town) == []


# Settings -----------------------------------------------------------------------------------------


def test_settings_that_cannot_be_used_are_said_at_once(sender, tmp_path, capsys):
    nothing, nonsense = tmp_path / "nothing", tmp_path / "nonsense"
    nonsense.write_text("nonsense")
    for change, word in (
        ({"server": "http://localhost"}, "https://"),
        ({"server": "https://localhost/path"}, "https://"),
        ({"certificate": nothing}, "--certificate"),
        ({"certificate": nonsense}, "--certificate"),
        ({"ca": nothing}, "--ca"),
        ({"ca": nonsense}, "--ca"),
        ({"key_file": nothing}, "--key-file"),
        ({"key_file": nonsense}, "--key-file"),
    ):
        assert sender.run(**change) == Exit.SETTINGS
        assert word in capsys.readouterr().err
    shutil.rmtree(sender.folder)
    assert sender.run() == Exit.SETTINGS and "フォルダがありません" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        sender.run(every="0")
    assert stop.value.code == Exit.SETTINGS


def test_a_terminals_p12_as_openssl_turns_it_into_pem_is_all_that_is_needed(town, sender, receiver, tmp_path):
    needs("openssl")
    card = real_certificate(town.world, sender.actor, tmp_path / "card")
    (tmp_path / "terminal.p12").write_bytes(card.pkcs12)
    subprocess.run(
        [
            "openssl",
            "pkcs12",
            "-in",
            "terminal.p12",
            "-out",
            "terminal.pem",
            "-nodes",
            "-passin",
            f"pass:{card.password}",
        ],
        cwd=tmp_path,
        check=True,
    )
    sender.export(samples.unit("schedule", town.scene()))
    town.planner = replace(town.planner, caller=sender.actor.caller)
    arguments = [one for one in sender.arguments(certificate=tmp_path / "terminal.pem") if not one.startswith("--ca=")]
    assert cli.main(arguments) == Exit.DONE and len(inbox(town)) == 1


def test_nobody_answers(sender, tmp_path):
    assert sender.run(server=f"https://localhost:{free_port()}") == Exit.AWAY
    assert "つながりません" in sender.log


@pytest.mark.parametrize(
    "answer",
    [(404, b"<html>"), (302, b""), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (500, b""), (429, b""), (404, NO)],
)
def test_something_else_answers(town, sender, receiver, monkeypatch, answer):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    plain = http.client.HTTPSConnection.getresponse

    def other(self: http.client.HTTPSConnection) -> Any:
        found = plain(self)
        found.read()
        found.status, found.read, found.length = answer[0], lambda _: answer[1], 0
        return found

    monkeypatch.setattr(http.client.HTTPSConnection, "getresponse", other)
    assert sender.run() == Exit.AWAY
    assert sender.files(sync.OUT) == files and sender.files(sync.HELD) == {}


def test_a_move_that_cannot_be_made_stops_no_other(town, sender, receiver):
    scenes = [town.scene() for _ in range(2)]
    for scene in scenes:
        sender.export(samples.unit("schedule", scene))
    (sender.folder / sync.SENT).mkdir()
    in_the_way = sender.folder / sync.SENT / scenes[0].sequence
    in_the_way.write_bytes(b"a file where a folder should be")
    assert sender.run() == sender.run() == Exit.DISK
    assert len(sender.state["moves"]) == 1 and len(sender.files(sync.OUT)) == 3 and len(inbox(town)) == 2
    in_the_way.unlink()
    assert sender.run() == Exit.DONE and sender.files(sync.OUT) == {} and len(inbox(town)) == 2


def test_a_server_that_is_not_ours_gets_nothing(sender):
    assert sender.run(ca=authority.client_root_path()) == Exit.AWAY
    assert "サーバーの証明書を確かめられません" in sender.log


def test_every_few_minutes_until_it_is_stopped(town, sender, receiver, monkeypatch):
    runs: list[float] = []

    def sleep(seconds: float) -> None:
        if seconds == 0.0:
            return
        runs.append(seconds)
        if len(runs) == 2:
            raise KeyboardInterrupt
        sender.export(samples.unit("schedule", town.scene()))

    monkeypatch.setattr(cli.time, "sleep", sleep)
    assert sender.run(every=5) == Exit.DONE
    assert runs == [300, 300] and len(inbox(town)) == 1


def test_the_log_begins_anew_before_it_grows_large(sender):
    (sender.folder / "記録.log").write_bytes(b"x" * (1 << 20) + b"y")
    sender.export({"UPPLAN_old.CSV": b"y"})
    sender.run()
    assert len(sender.log) < 1000 and (sender.folder / "記録_前.log").stat().st_size > 1 << 20
    assert journal.load(sender.folder)[1] is False


def test_it_needs_nothing_but_the_standard_library():
    program = (
        "import kiban_exchange.cli, sys; print(*{name.split('.')[0] for name in sys.modules} & {'kiban', 'django'})"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); {program}"],
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, b""), ran.stderr.decode()
