"""Whatever is done to a sealed log is found and located: in the database, and on the export alone."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiban.gate.sealing import keys, proving
from kiban.tlog import checking, tiles, tree
from kiban.tlog.notes import Head
from kiban.tlog.signing import Signer, checkpoint
from tests.gate.sealing.book import RELEAF, Book, resealed

pytestmark = pytest.mark.database


def test_a_row_that_was_changed(book):
    book.sealed(4)
    number = book.write(3)[1]
    book.seal()
    book.owner.execute("UPDATE care.access_log SET account_id = 2 WHERE id = %s", [number])
    (fault,) = book.faults()
    assert f"番号 {number}" in fault and "書き換えられています" in fault
    book.owner.execute(RELEAF + " WHERE id = %s", [number])
    gone, new = book.faults()
    assert "はじめは5番" in gone
    assert "1件の行が入れられているか" in new


def test_a_row_that_was_taken_away(book):
    numbers = book.write(4)
    book.seal()
    book.sealed(3)
    book.owner.execute("DELETE FROM care.access_log WHERE id = %s", [numbers[2]])
    (fault,) = book.faults()
    assert "1件、ないか" in fault and "はじめは2番" in fault


def test_a_row_that_was_put_in_between(book):
    numbers = book.write(4)
    book.seal()
    new = book.write()[0]
    book.owner.execute(
        "UPDATE care.access_log SET xid = (SELECT xid FROM care.access_log WHERE id = %s) WHERE id = %s",
        [numbers[1], new],
    )
    book.owner.execute(RELEAF + " WHERE id = %s", [new])
    (fault,) = book.faults()
    assert "1件の行が入れられているか" in fault


def test_two_rows_that_changed_places(book):
    first, second = book.write(2)
    book.seal()
    book.owner.execute("UPDATE care.access_log SET id = -id WHERE id = %s", [first])
    book.owner.execute("UPDATE care.access_log SET id = %s WHERE id = %s", [first, second])
    book.owner.execute("UPDATE care.access_log SET id = %s WHERE id = %s", [second, -first])
    assert any("書き換えられています" in fault for fault in book.faults())
    book.owner.execute(RELEAF)
    assert any("2件、ないか" in fault for fault in book.faults())


def test_a_row_that_was_moved_to_another_month(book):
    number = book.write(3)[1]
    book.seal()
    book.owner.execute("UPDATE care.access_log SET at = at - interval '1 month' WHERE id = %s", [number])
    assert any(f"番号 {number}" in fault for fault in book.faults())
    book.owner.execute(RELEAF + " WHERE id = %s", [number])
    assert any("はじめは1番" in fault for fault in book.faults())


def test_the_end_that_was_cut_off_with_its_seal(book):
    book.sealed(4)
    head = book.sealed(3).note
    book.owner.execute("DELETE FROM care.access_log WHERE id > (SELECT max(id) - 3 FROM care.access_log)")
    book.owner.execute("DELETE FROM gate.sealed_head WHERE size > 4")
    book.owner.execute("UPDATE gate.sealed_bundle SET entries = substr(entries, 1, 128)")
    assert book.faults() == [], "inside the database nothing is left that tells"
    (fault,) = book.faults(head)
    assert "別に受け取った先頭は7行ですが、封印は4行しかありません" in fault


@pytest.mark.parametrize("undone", ["size", "root", "note", "entries"])
def test_a_seal_that_was_changed(book, undone):
    book.sealed(4)
    book.sealed(3)
    change = {
        "size": "UPDATE gate.sealed_head SET size = 3 WHERE size = 4",
        "root": "UPDATE gate.sealed_head SET root = sha256('x') WHERE size = 4",
        "note": "UPDATE gate.sealed_head SET note = replace(note, E'\\n4\\n', E'\\n5\\n') WHERE size = 4",
        "entries": "UPDATE gate.sealed_bundle SET entries = substr(entries, 33) || substr(entries, 1, 32)",
    }[undone]
    book.owner.execute(change)
    assert book.faults()


def test_a_past_that_was_sealed_anew(book):
    number = book.write(4)[1]
    head = book.seal().note
    book.sealed(2)
    book.owner.execute("UPDATE care.access_log SET account_id = 2 WHERE id = %s", [number])
    book.owner.execute(RELEAF)
    other = Ed25519PrivateKey.generate()
    (origin,) = book.owner.execute("SELECT origin FROM gate.sealed_log").fetchone()
    resealed(book, Signer(origin, other))
    assert all("鍵のものではありません" in fault for fault in book.faults())
    assert len(book.faults()) == 2
    resealed(book)
    assert book.faults() == [], "with the key in hand the machine alone can no longer tell"
    (fault,) = book.faults(head)
    assert "違う記録が2つ作られています" in fault


# On the export alone ------------------------------------------------------------------------------------------------


def found(export: Path, book: Book, *heads: str) -> list[str]:
    return checking.check(export, [book.key], heads).faults


def change_row(export: Path, index: int, change: Callable[[dict[str, object]], None]) -> None:
    (file,) = (export / "rows").glob("*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    change(lines[index])
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


class TestExport:
    def test_it_holds_as_a_folder_and_as_a_zip(self, book, tmp_path):
        head = book.sealed(300).note
        book.sealed(70)
        export = book.export()
        report = checking.check(export, [book.key], [head])
        assert (report.faults, report.said) == ([], [])
        assert (report.entries, report.rows) == (370, 370)
        archive = Path(shutil.make_archive(str(tmp_path / "zipped"), "zip", export))
        assert checking.check(archive, [book.key], [head]).faults == []

    def test_without_rows_nobody_is_told_anything(self, book):
        book.write(3, key=1234567890123456)
        book.seal()
        export = book.export(shows_rows=False)
        assert found(export, book) == []
        told = b"".join(file.read_bytes() for file in export.rglob("*") if file.is_file() and file.suffix != ".pyz")
        assert b"1234567890123456" not in told and b"record:open" not in told

    def test_rows_that_were_changed_taken_away_or_added(self, book):
        book.sealed(5)
        whole = book.export()
        change_row(whole, 2, lambda row: row.update(text=str(row["text"]).replace("record:open", "people:list")))
        first, second = found(whole, book)
        assert "の3行目: 封印1の2番の行が、封印されたものと違います" in first
        assert "封印された行が1件ありません(はじめは2番)" in second
        change_row(book.export("cut"), 2, dict.clear)
        assert any("読めません" in fault for fault in found(book.folder / "cut", book))
        change_row(book.export("twice"), 3, lambda row: row.update(index=2))
        assert any("同じ行が2度あるか" in fault for fault in found(book.folder / "twice", book))

    def test_a_row_in_another_months_file(self, book):
        book.sealed(3)
        export = book.export()
        (file,) = (export / "rows").glob("*.jsonl")
        file.rename(file.with_name("2020-01.jsonl"))
        assert all("別の月" in fault for fault in found(export, book))
        assert len(found(export, book)) == 3

    @pytest.mark.parametrize("what", ["tile/entries/000.p/5", "tile/0/000.p/5", "checkpoint", "heads"])
    def test_a_file_that_was_changed_or_lost(self, book, what):
        book.sealed(5)
        export = book.export()
        path = export / "1" / what
        path = next(path.iterdir()) if path.is_dir() else path
        held = bytearray(path.read_bytes())
        held[-10] ^= 1
        path.write_bytes(held)
        assert found(export, book)
        path.unlink()
        assert found(export, book) or what == "heads"

    def test_the_end_cut_off_and_another_history(self, book):
        before = book.export("before") if book.sealed(4) else None
        head = book.sealed(3).note
        assert before is not None
        (fault,) = found(before, book, head)
        assert "7行ですが、書き出しには4行しかありません" in fault
        book.owner.execute("UPDATE care.access_log SET account_id = 2")
        book.owner.execute(RELEAF)
        resealed(book)
        (fault,) = found(book.export("forked"), book, head)
        assert "違う記録が2つ作られています" in fault

    def test_heads_under_another_key(self, book):
        book.sealed(4)
        export = book.export()
        (origin,) = book.owner.execute("SELECT origin FROM gate.sealed_log").fetchone()
        head = Head.read((export / "1" / "checkpoint").read_text())
        other = Signer(origin, Ed25519PrivateKey.generate())
        (export / "1" / "checkpoint").write_text(checkpoint(origin, head.size, head.root, other))
        (export / "keys").write_text(f"{other.key}\n")
        assert any("署名ではありません" in fault for fault in found(export, book))
        report = checking.check(export, [])
        assert report.said, "with the keys of the export alone it says that they prove nothing"

    def test_a_key_that_was_renewed_is_followed(self, book):
        old = book.key
        book.sealed(3)
        keys.make()
        book.sealed(3)
        book.sealed(3)
        assert checking.check(book.export(), [old]).faults == []

    def test_levels_above_are_those_of_the_entries(self, book):
        book.sealed(300)
        export = book.export()
        assert (export / "1" / tiles.name(1, 0, 1)).read_bytes() == tree.full_root(
            [tree.leaf_hash(entry) for entry in tiles.entries((export / "1" / "tile/entries/000").read_bytes())]
        )
        (export / "1" / tiles.name(1, 0, 1)).write_bytes(bytes(32))
        assert any("tile/1/000.p/1" in fault for fault in found(export, book))


class TestVerifier:
    """The one file an inspector runs: by another Python's eyes, under another clock and locale."""

    def run(self, export: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(export / "kiban-verify.pyz"), *arguments]
        env = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", **environment}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd="/")

    def test_it_needs_nothing_but_python(self, book):
        book.sealed(5)
        export = book.export()
        done = self.run(export, str(export), "--key", str(book.key), TZ="Pacific/Kiritimati", LC_ALL="C")
        assert (done.returncode, done.stderr) == (0, "")
        assert "すべて合っています" in done.stdout
        change_row(export, 1, lambda row: row.update(salt="00" * 16))
        done = self.run(export, str(export), "--key", str(book.key))
        assert done.returncode == 1
        assert "封印1の1番の行が、封印されたものと違います" in done.stdout

    def test_one_row_alone(self, book):
        number = book.write(3)[1]
        book.seal()
        export = book.export(shows_rows=False)
        proof = book.folder / "row.tlog-proof"
        proof.write_text(proving.proof(book.owner, number, shows_row=True))
        done = self.run(export, str(proof), "--key", str(book.key))
        assert done.returncode == 0 and "1番として封印されています" in done.stdout and "record:open" in done.stdout
        lines = proof.read_text().splitlines()
        changed = base64.b64decode(lines[1].split()[1]).replace(b"record:open", b"people:list")
        lines[1] = f"extra {base64.b64encode(changed).decode()}"
        proof.write_text("\n".join(lines) + "\n")
        done = self.run(export, str(proof), "--key", str(book.key))
        assert done.returncode == 1 and "書き換えられています" in done.stdout

    def test_what_is_no_export_is_said(self, book):
        book.sealed(1)
        export = book.export()
        for arguments in (["/nowhere"], [str(export), "--key", "x"], [str(export / "README.txt")]):
            done = self.run(export, *arguments)
            assert done.returncode == 2
            assert "Traceback" not in done.stderr and done.stderr
