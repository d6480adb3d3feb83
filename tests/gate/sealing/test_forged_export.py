"""Exports somebody put together so that the verifier would say yes, break down or never end."""

from __future__ import annotations

import json
import shutil
import warnings
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiban.gate.sealing import keys, proving, sealer
from kiban.tlog import checking, received
from kiban.tlog.__main__ import main
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import Head
from kiban.tlog.signing import Signer, checkpoint
from tests.gate.sealing.book import Book

pytestmark = pytest.mark.database


def faults(export: Path, book: Book, *heads: str) -> list[str]:
    return checking.check(export, [book.key], heads).faults


@pytest.fixture
def two_trees(book: Book) -> Path:
    book.sealed(4)
    book.write(2)
    sealer.begin(book.owner, "試験")
    book.sealed(3)
    return book.export()


class TestTrees:
    def test_both_hold(self, book, two_trees):
        assert faults(two_trees, book) == []

    def test_the_first_taken_away(self, book, two_trees):
        shutil.rmtree(two_trees / "1")
        shutil.rmtree(two_trees / "rows")
        assert any("つながっていません" in fault for fault in faults(two_trees, book))
        (two_trees / "2").rename(two_trees / "1")
        assert any("別の封印" in fault for fault in faults(two_trees, book))

    def test_the_first_cut_short(self, book):
        book.sealed(4)
        short = book.export("short", shows_rows=False)
        book.sealed(3)
        sealer.begin(book.owner, "試験")
        book.sealed(3)
        export = book.export(shows_rows=False)
        shutil.rmtree(export / "1")
        shutil.copytree(short / "1", export / "1")
        assert any("つながっていません" in fault for fault in faults(export, book))

    def test_one_that_sealed_nothing(self, book):
        book.sealed(4)
        sealer.begin(book.owner, "1")
        sealer.begin(book.owner, "2")
        book.sealed(2)
        assert faults(book.export(), book) == []


class TestKeys:
    def test_who_has_only_the_newest_key_checks_all_of_it(self, book):
        old = book.key
        book.sealed(2)
        head = book.sealed(2).note
        keys.make()
        book.sealed(2)
        sealer.begin(book.owner, "試験")
        keys.make()
        book.sealed(2)
        export = book.export()
        assert faults(export, book, head) == []
        assert checking.check(export, [old], [head]).faults == []

    @pytest.mark.parametrize("knows", ["the old key", "the new key"])
    def test_a_stolen_old_key_signs_no_more(self, book, knows):
        old, thief = book.key, keys.signers(book.key.name)[0]
        book.sealed(2)
        keys.make()
        book.sealed(2)
        book.sealed(2)
        export = book.export()
        head = Head.read((export / "1" / "checkpoint").read_text())
        (export / "1" / "heads" / f"{head.size:015d}").unlink()
        helper = Signer(head.origin, Ed25519PrivateKey.generate())
        key = old if knows == "the old key" else book.key
        for signers in ((thief,), (thief, helper)):
            (export / "1" / "checkpoint").write_text(checkpoint(head.origin, head.size, head.root, *signers))
            (export / "keys").write_text((export / "keys").read_text() + f"{helper.key}\n")
            assert any("署名ではありません" in fault for fault in checking.check(export, [key]).faults)


class TestRows:
    def lines(self, export: Path) -> tuple[Path, list[bytes]]:
        (file,) = (export / "rows").glob("*.jsonl")
        return file, file.read_bytes().splitlines(keepends=True)

    @pytest.mark.parametrize(
        "line",
        [
            b"\xff\xfe\n",
            b"[" * 100_000 + b"\n",
            b'{"log": 1e999, "index": 0, "salt": "", "text": ""}\n',
            b'{"log": 1, "index": 0, "salt": "00", "text": "kiban-access-2\\u001f\\u001f\\u001f\\u001f'
            + b"9" * 30
            + b'\\u001f1\\u001f1"}\n',
            b'{"log": 1, "index": 0, "salt": "00", "text": "\\ud800"}\n',
        ],
    )
    def test_one_that_cannot_be_read_is_named_and_the_rest_is_read(self, book, line):
        book.sealed(3)
        export = book.export()
        file, lines = self.lines(export)
        file.write_bytes(line + b"".join(lines[1:]))
        first, lacking = faults(export, book)
        assert "の1行目: 読めません" in first
        assert "1件ありません(はじめは0番)" in lacking

    def test_a_character_that_looks_like_the_end_of_a_line(self, book):
        number = book.write()[0]
        book.owner.execute("DELETE FROM care.access_log WHERE id = %s", [number])
        row = {"insured_key": 1, "id": number + 1, "action": "record:open", "outcome": "allowed"}
        row |= {"persons": [], "standing": [], "decisions": [], "detail": "\u2028\x85", "salt": "\\x" + "00" * 16}
        query = "SELECT gate.write_log(jsonb_populate_record(NULL::care.access_log, %s))"
        book.owner.execute(query, [json.dumps(row)])
        book.seal()
        assert faults(book.export(), book) == []

    def test_that_some_are_left_out_is_said(self, book):
        book.sealed(3)
        export = book.export()
        file, lines = self.lines(export)
        file.write_bytes(b"".join(lines[:1]))
        (export / "rows" / "complete").unlink()
        report = checking.check(export, [book.key])
        assert report.faults == []
        assert any("全部ではありません(2件" in words for words in report.said)


class TestZip:
    def packed(self, export: Path, *, under: str = "") -> Path:
        archive = export.parent / "packed.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for file in sorted(export.rglob("*")):
                if file.is_file():
                    packed.write(file, under + str(file.relative_to(export)))
        return archive

    def test_as_a_file_manager_packs_a_folder(self, book):
        book.sealed(3)
        assert faults(self.packed(book.export(), under="書き出し/"), book) == []

    def test_the_same_name_twice(self, book):
        book.sealed(3)
        archive = self.packed(book.export())
        with zipfile.ZipFile(archive, "a") as packed, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            packed.writestr("1/checkpoint", "another")
        with pytest.raises(ProofError, match="同じ名前"):
            faults(archive, book)

    @pytest.mark.parametrize("name", ["１/x", "9" * 5000 + "/x", "../1/x", "01/checkpoint", "/1/x"])
    def test_odd_names(self, book, name):
        book.sealed(3)
        archive = self.packed(book.export())
        with zipfile.ZipFile(archive, "a") as packed:
            packed.writestr(name, "x")
        assert faults(archive, book) == []

    def test_a_bomb_is_not_unpacked(self, book):
        book.sealed(3)
        export = book.export()
        archive = export.parent / "packed.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.write(export / "keys", "keys")
            packed.writestr("1/checkpoint", bytes(60_000_000))
        assert any("大きすぎます" in fault for fault in faults(archive, book))

    def test_a_broken_one(self, book, capsys):
        book.sealed(3)
        archive = self.packed(book.export())
        held = bytearray(archive.read_bytes())
        at = held.index(b"\n\n\xe2\x80\x94")  # in a checkpoint
        held[at + 10] ^= 1
        archive.write_bytes(held)
        assert main([str(archive), "--key", str(book.key)]) in (1, 2)
        held[8 : len(held) // 2] = bytes(len(held) // 2 - 8)
        archive.write_bytes(held)
        assert main([str(archive), "--key", str(book.key)]) in (1, 2)
        assert "すべて合っています" not in capsys.readouterr().out


@pytest.mark.parametrize("size", [10**18, 2**63 - 1, 2**63, 10**19])
def test_a_size_without_end(book, size):
    book.sealed(3)
    export = book.export(shows_rows=False)
    head = Head.read((export / "1" / "checkpoint").read_text())
    (export / "1" / "checkpoint").write_text(checkpoint(head.origin, size, head.root, *keys.signers(head.origin)))
    assert any("読めません" in fault for fault in faults(export, book))


class TestReceived:
    """A head as it was kept: it is found in what people save, and so no false alarm."""

    def test_with_other_line_ends_or_in_a_letter(self, book):
        note = book.sealed(3).note
        letter = f"今日の署名です。\n取っておいてください。\n\n{note}\n公開鍵: {book.key}\n"
        for said in (note, note.replace("\n", "\r\n"), "\ufeff" + note, letter, letter.replace("\n", "\r\n")):
            assert received.head(said).root == Head.read(note).root
            assert book.faults(said) == []
            assert faults(book.export(f"e{len(said)}"), book, said) == []
            shutil.rmtree(book.folder / f"e{len(said)}")

    def test_in_an_e_mail_saved_whole(self, book):
        from email.message import EmailMessage

        note, mail = book.sealed(3).note, EmailMessage()
        mail["Subject"] = "閲覧記録の署名"
        mail.set_content(f"今日の署名です。\n\n{note}\n公開鍵: {book.key}\n", cte="base64")
        assert received.head(mail.as_string()).size == 3

    def test_what_is_none_is_refused(self):
        for said in ("", "こんにちは", "x" * 2_000_000, "\ufffd\n3\n"):
            with pytest.raises(ProofError):
                received.head(said)


def test_a_witness_is_asked_for_in_a_proof_too(book, capsys):
    number = book.write()[0]
    book.seal()
    proof = book.folder / "row.tlog-proof"
    proof.write_text(proving.proof(book.owner, number, shows_row=True))
    nobody = Signer("nobody.example", Ed25519PrivateKey.generate(), 4).key
    assert main([str(proof), "--key", str(book.key)]) == 0
    assert main([str(proof), "--key", str(book.key), "--witness", str(nobody)]) == 1
    assert "署名がありません" in capsys.readouterr().out
    assert main([str(proof), "--key", str(book.key), "--head", str(proof)]) == 2
    proof.write_text(proof.read_text().replace("index 0", "index " + "9" * 5000))
    assert main([str(proof), "--key", str(book.key)]) == 2
