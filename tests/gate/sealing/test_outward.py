"""Heads leave the machine: a folder, a witness over the network, an e-mail; and what is said when one does not work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from kiban.gate.sealing import keys, outward, witness
from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import State
from kiban.staff import mail
from kiban.tlog import checking, witnessing
from kiban.tlog.notes import COSIGNATURE, Head, Key, Note
from kiban.tlog.signing import Signer
from tests.gate.sealing.book import RELEAF, Book, resealed

pytestmark = pytest.mark.database
ADDRESS = "/api/v1/witness/add-checkpoint"


class Neighbour:
    """Another installation, as a witness: it keeps what it saw, as the specification says, over real HTTP."""

    def __init__(self) -> None:
        self.signer = Signer("neighbour.example/witness", Ed25519PrivateKey.generate(), COSIGNATURE)
        self.seen: dict[str, witnessing.Seen] = {}
        self.logs: dict[str, list[Key]] = {}
        neighbour = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                said = neighbour.answer(body)
                self.send_response(said.status)
                self.send_header("Content-Type", said.content_type)
                self.end_headers()
                self.wfile.write(said.body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, body: str) -> witnessing.Answer:
        said = witnessing.answer(body, self.logs, lambda one: self.seen.get(one, witnessing.Seen()), self.signer, 5)
        if said.remember:
            self.seen[Head.read(body.partition("\n\n")[2]).origin] = said.remember
        return said

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/add-checkpoint"


@pytest.fixture
def neighbour(book: Book) -> Iterator[Neighbour]:
    made = Neighbour()
    outward.ask_in_future(made.address, made.signer.key)
    made.logs[book.key.name] = [book.key]
    yield made
    made.server.shutdown()
    made.server.server_close()


def problems(book: Book) -> list[str]:
    return list(outward.once(book.connection))


class TestWitness:
    def test_it_vouches_and_its_line_goes_with_the_export(self, book, neighbour):
        book.sealed(5)
        assert problems(book) == []
        head = book.sealed(300)
        assert problems(book) == []
        assert problems(book) == [], "it is asked once for a head"
        assert neighbour.seen[book.key.name].size == head.size
        export = book.export()
        report = checking.check(export, [book.key], witnesses=[neighbour.signer.key])
        assert report.faults == []
        assert any("305行" in words for words in report.said)
        other = Signer(neighbour.signer.name, Ed25519PrivateKey.generate(), COSIGNATURE).key
        (fault,) = checking.check(export, [book.key], witnesses=[other]).faults
        assert "立会人" in fault

    def test_a_witness_that_knows_more_is_asked_from_there(self, book, neighbour):
        book.sealed(5)
        assert problems(book) == []
        book.owner.execute("DELETE FROM gate.sealed_cosignature")
        book.sealed(5)
        assert problems(book) == []
        assert neighbour.seen[book.key.name].size == 10

    def test_a_past_that_was_rewritten_is_told(self, book, neighbour):
        book.sealed(5)
        assert problems(book) == []
        book.owner.execute("UPDATE care.access_log SET account_id = 2")
        book.owner.execute(RELEAF)
        book.sealer = book.another()
        resealed(book)
        (keys.folder() / "last-head").unlink()
        book.sealer = book.another()
        book.sealed(1)
        (words,) = problems(book)
        assert "書き換えられたおそれ" in words

    def test_a_database_that_went_back_is_told(self, book, neighbour):
        book.sealed(5)
        book.sealed(5)
        assert problems(book) == []
        book.owner.execute("DELETE FROM gate.sealed_head WHERE size > 5")
        book.owner.execute("DELETE FROM gate.sealed_cosignature")
        (words,) = problems(book)
        assert "立会人は10行まで見ていますが、封印は5行です" in words

    def test_silence_and_refusal_are_told(self, book, neighbour):
        book.sealed(1)
        neighbour.logs.clear()
        assert problems(book) == [f"立会人 {neighbour.signer.name}: 断られました(404)"]
        neighbour.server.shutdown()
        neighbour.server.server_close()
        assert problems(book) == [f"立会人 {neighbour.signer.name}: 答えがありません"]


class TestAsWitness:
    @pytest.fixture
    def ours(self, book: Book) -> Key:
        """This installation vouches for its own log, as it would for another's."""
        who = witness.signer("here.example/witness")
        assert who is not None
        witness.accept(book.key)
        return who.key

    def post(self, body: str) -> tuple[int, str]:
        answer = Client().post(ADDRESS, body.encode(), content_type="text/plain", secure=True)
        return answer.status_code, answer.content.decode()

    def test_over_the_front_door(self, book, ours, world):
        book.sealed(3)
        first = book.sealer.seal() or book.sealed(2)
        status, line = self.post(witnessing.request(0, [], first.note))
        assert status == 200
        assert Note.read(first.note + line).is_signed_by(ours)
        assert self.post(witnessing.request(0, [], first.note)) == (409, f"{first.size}\n")
        assert self.post(witnessing.request(first.size, [], first.note))[0] == 200
        stranger = Signer("stranger.example", Ed25519PrivateKey.generate())
        assert (
            self.post(witnessing.request(0, [], first.note.replace(Head.read(first.note).origin, stranger.name)))[0]
            == 404
        )
        assert self.post("nonsense")[0] == 400
        assert Client().post(ADDRESS, b"\xff", content_type="text/plain", secure=True).status_code == 400
        assert Client().post(ADDRESS, b"x" * 70_000, content_type="text/plain", secure=True).status_code == 413

    def test_a_log_never_grows_smaller_here_whatever_is_called(self, book):
        with database.connect(Role.WEB) as connection:

            def call(old: int, size: int) -> bool:
                query = "SELECT gate.witness('call.example', %s, %s, sha256('x'))"
                return connection.execute(query, [old, size]).fetchone()[0]

            assert call(0, 5)
            assert not call(0, 3)
            assert not call(4, 9)
            assert not call(5, 4)
            assert call(5, 9)

    def test_who_is_no_witness_says_nothing(self, book):
        assert self.post("old 0\n\n")[0] == 404


class TestFolder:
    def test_every_head_is_a_file_and_none_is_changed(self, book, settings, tmp_path):
        settings.SEAL_FOLDER = str(tmp_path)
        first = book.sealed(1)
        assert problems(book) == []
        second = book.sealed(1)
        assert problems(book) == []
        (place,) = (one for one in tmp_path.iterdir() if "access-log" in one.name)
        assert (place / f"{1:015d}").read_text() == first.note
        assert (place / "checkpoint").read_text() == (place / f"{2:015d}").read_text() == second.note
        assert book.faults((place / f"{1:015d}").read_text()) == []

    def test_a_folder_that_is_gone_is_told(self, book, settings):
        settings.SEAL_FOLDER = "/nowhere/at/all"
        book.sealed(1)
        assert problems(book) == ["/nowhere/at/all に書けません(そのファイルかフォルダがありません)"]


class TestMail:
    def test_the_day_s_head_is_sent(self, book, settings, tmp_path):
        settings.SMTP = f"file:{tmp_path / 'mail'}"
        assert outward.mail_head() == "宛先なし"
        settings.SEAL_MAIL = ["chief@example.jp", "city@example.jp"]
        assert outward.mail_head() == "まだ封印がありません"
        head = book.sealed(1)
        assert outward.mail_head() == "2通"
        letters = list(mail.letters())
        assert {letter.address for letter in letters} == set(settings.SEAL_MAIL)
        assert all(head.note in letter.text and str(book.key) in letter.text for letter in letters)


class TestDoctor:
    def says(self) -> tuple[State, str]:
        (finding,) = outward.health()
        return finding.state, finding.what

    def test_it_asks_for_a_way_out_and_tells_what_does_not_work(self, book, settings):
        settings.SEAL_FOLDER, settings.SEAL_MAIL = "", []
        assert self.says() == (State.CAUTION, "閲覧記録の署名が、この機械の外に出ていません")
        settings.SEAL_FOLDER = "/nowhere/at/all"
        assert self.says()[0] is State.OK
        book.sealed(1)
        turns, told = iter([False, False, True]), []
        outward.stay(lambda _seconds: next(turns), told.append)
        assert len(told) == 1, "once, until it changes"
        assert self.says()[0] is State.CAUTION
