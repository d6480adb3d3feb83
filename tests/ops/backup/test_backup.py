"""``kiban backup`` and ``kiban restore`` on the embedded database, as an operator calls them."""

from __future__ import annotations

import datetime as dt
import json
import random
import threading
from pathlib import Path

import psycopg
import pytest

from kiban.ops.backup import keys, reading, writing
from kiban.ops.embedded import wheel
from kiban.ops.room import State
from tests.disk import fill, small_disk
from tests.installation import Installation, installation
from tests.ops.backup.found import as_owner, names, numbers, one


class Writer:
    """Somebody at work: in every transaction a number into both tables. Notes when each was committed."""

    def __init__(self, made: Installation) -> None:
        self.connection = as_owner(made)
        self.committed: dict[int, dt.datetime] = {}
        self.began, self.over = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        while not self.over.is_set():
            n = len(self.committed) + 1
            with self.connection.transaction():
                self.connection.execute("INSERT INTO public.one_side VALUES (%s)", [n])
                self.connection.execute("INSERT INTO public.other_side VALUES (%s)", [n])
            self.committed[n] = dt.datetime.now(dt.UTC)
            self.began.set()

    def __enter__(self) -> Writer:
        self.thread.start()
        assert self.began.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        self.connection.close()


def book(path: Path) -> writing.Manifest:
    return reading.looked_through(reading.Source(path), wheel.programs())


def test_a_backup_while_others_write_is_one_moment_and_comes_back_whole(filled, tmp_path):
    with filled.user():
        with Writer(filled) as writer:
            done = filled.kiban("backup", str(tmp_path), "--check")
        assert (done.returncode, done.stderr) == (0, "")
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "暗号化していません" in done.stdout
    moment = dt.datetime.fromisoformat(book(path).moment)
    by_then = [n for n, at in writer.committed.items() if at < moment]
    assert 0 < len(by_then) < len(writer.committed), "it wrote before and after"

    with installation() as made:
        restored = made.kiban("restore", str(path))
        assert (restored.returncode, restored.stderr) == (0, "")
        assert f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" in restored.stdout
        assert "見た記録の最後の行" in restored.stdout
        for name in ("secrets.json", "ca/client-ca-key.pem"):
            assert (made.data / name).read_bytes() == (filled.data / name).read_bytes()
            assert (made.data / name).stat().st_mode & 0o777 == 0o600
        assert made.kiban("doctor").returncode == 0
        with made.user(), as_owner(made) as connection:
            both = numbers(connection, "one_side")
            assert both == numbers(connection, "other_side") == list(range(1, len(both) + 1))
            assert len(both) >= len(by_then)
            assert one(connection, "SELECT count(*) FROM care.access_log") == 1
            assert one(connection, "SELECT count(*) FROM staff_session") == 0, "everybody signs in anew"
        (history,) = json.loads((made.data / "restored.json").read_text())
        assert history["moment"] == book(path).moment
        again = made.kiban("restore", str(path))
        assert again.returncode == 1
        assert "すでに ca、pg、restored.json、seal、secrets.json がある" in again.stderr
        assert made.kiban("doctor").returncode == 0, "nothing of it was touched"
        for command, words in (("seal", "封印しました"), ("verify", "すべて合っています"), ("head", "/access-log/")):
            sealed = made.kiban("log", command)
            assert (sealed.returncode, words in sealed.stdout) == (0, True), sealed.stderr
        assert sealed.stdout.splitlines()[0].endswith("/2"), "numbers of transactions begin anew: another tree"


def test_encrypted_for_a_key_that_is_elsewhere(filled, tmp_path):
    folder, key = tmp_path / "backups", tmp_path / "key"
    folder.mkdir()
    assert Installation(tmp_path / "none").kiban("backup", "--make-key", str(key)).returncode == 0
    assert names(tmp_path / "none") == [], "a key is made without an installation"
    done = filled.kiban("backup", str(folder), "--key", f"{key}.pub")
    assert (done.returncode, done.stderr) == (0, "")
    (path,) = folder.iterdir()
    secret = json.loads((filled.data / "secrets.json").read_text())["django_key"]
    assert secret.encode() not in path.read_bytes()
    keys.make(tmp_path / "other")
    with installation() as made:
        for arguments, words in (([], "--key で指定"), (["--key", str(tmp_path / "other")], "別の鍵")):
            refused = made.kiban("restore", str(path), *arguments)
            assert refused.returncode == 1
            assert words in refused.stderr
            assert not made.data.exists()
        looked = made.kiban("restore", str(path), "--key", str(key), "--dry-run")
        assert (looked.returncode, looked.stderr) == (0, "")
        assert not made.data.exists()
        assert made.kiban("restore", str(path), "--key", str(key)).returncode == 0
        assert json.loads((made.data / "secrets.json").read_text())["django_key"] == secret


@pytest.mark.parametrize("how", ["cut", "changed", "nothing", "another kind"])
def test_a_damaged_file_fails_before_anything_is_written(backup, tmp_path, how):
    whole = bytearray(backup.read_bytes())
    place = random.Random(3).randrange(len(whole) // 2, len(whole))
    if how == "cut":
        del whole[place:]
    elif how == "changed":
        whole[place] ^= 4
    elif how == "nothing":
        whole.clear()
    else:
        whole[:0] = b"PK"
    (tmp_path / "file").write_bytes(whole)
    with installation() as made:
        done = made.kiban("restore", str(tmp_path / "file"))
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "壊れています" in done.stderr or "kiban backup が書いたファイルではありません" in done.stderr
        assert not made.data.exists()


def test_a_file_in_the_place_is_not_written_over(backup):
    with installation() as made:
        (made.data / "ca").mkdir(parents=True)
        (made.data / "ca" / "mine.pem").write_text("mine")
        done = made.kiban("restore", str(backup))
        assert (done.returncode, "すでに ca がある" in done.stderr) == (1, True)
        assert names(made.data) == ["ca"]
        assert (made.data / "ca" / "mine.pem").read_text() == "mine"


def test_a_backup_of_a_newer_version_is_refused(backup, monkeypatch):
    """The version before knows none of today's migrations."""
    from django.db.migrations.loader import MigrationLoader

    from kiban.ops.backup import restoring
    from kiban.ops.backup.errors import BackupError

    class Older(MigrationLoader):
        def load_disk(self) -> None:
            super().load_disk()
            self.disk_migrations.pop(("ops", "0001_daily_steps"))

    restoring.look(reading.Source(backup))
    monkeypatch.setattr(restoring, "MigrationLoader", Older)
    monkeypatch.setattr(Older, "build_graph", lambda self: self.load_disk())
    with pytest.raises(BackupError, match="新しい介護情報基盤"):
        restoring.look(reading.Source(backup))


def test_only_the_files(backup, filled):
    """The database's machine stands, the other one is lost."""
    lost = (filled.data / "secrets.json").read_bytes()
    with installation() as made:
        done = made.kiban("restore", str(backup), "--only-files")
        assert (done.returncode, done.stderr) == (0, "")
        assert (made.data / "secrets.json").read_bytes() == lost
        assert names(made.data) == ["ca", "restored.json", "seal", "secrets.json"]


# Where it lies -----------------------------------------------------------------------------------------------------


def test_so_many_are_kept_and_other_files_are_left_alone(filled, tmp_path, backup):
    (tmp_path / "kiban-20200101T000000Z.backup").write_bytes(b"somebody else's")
    (tmp_path / "kiban-20200102T000000Z.backup").write_bytes(backup.read_bytes())  # ours, older
    (tmp_path / "letter.txt").write_text("x")
    done = filled.kiban("backup", str(tmp_path), "--keep", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "古いものを消しました: kiban-20200102T000000Z.backup" in done.stdout
    left = names(tmp_path)
    assert left[0] == "kiban-20200101T000000Z.backup"
    assert left[-1] == "letter.txt"
    assert len(left) == 3


def test_the_one_just_made_stays_also_after_a_clock_that_was_ahead(filled, tmp_path, backup):
    ahead = tmp_path / "kiban-20990102T000000Z.backup"
    ahead.write_bytes(backup.read_bytes())
    done = filled.kiban("backup", str(tmp_path), "--keep", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"古いものを消しました: {ahead.name}" in done.stdout
    (left,) = names(tmp_path)
    assert left in done.stdout.splitlines()[0]


REFUSED = [
    ([], "フォルダを指定してください"),
    (["{data}"], "の外に置いてください"),
    (["{data}/ca"], "の外に置いてください"),
    (["/nowhere/at/all"], "がありません"),
    (["/proc"], "書けません"),
    (["{out}", "--keep", "0"], "1以上"),
    (["{out}", "--key", "/nowhere"], "読めません"),
]


def test_what_cannot_be_done_is_said_and_the_exit_code_says_so_too(filled, tmp_path):
    with filled.user():
        for arguments, words in REFUSED:
            done = filled.kiban("backup", *(one.format(data=filled.data, out=tmp_path) for one in arguments))
            assert (done.returncode, words in done.stderr) == (1, True), arguments
            assert "Traceback" not in done.stderr
    assert names(tmp_path) == []


@pytest.mark.parametrize("what", ["secrets.json", "ca"])
def test_keys_that_lie_elsewhere_are_not_left_out_in_silence(filled, tmp_path, what):
    away, out = filled.data.parent / f"elsewhere-{what}", tmp_path / "out"
    out.mkdir()
    (filled.data / what).rename(away)
    (filled.data / what).symlink_to(away)
    try:
        done = filled.kiban("backup", str(out))
    finally:
        (filled.data / what).unlink()
        away.rename(filled.data / what)
    assert (done.returncode, f"{what} は、別の場所を指すリンクです" in done.stderr) == (1, True)
    assert names(out) == []


@pytest.mark.fault
def test_a_disk_that_is_too_small_or_gets_full(filled):
    with small_disk(1) as disk, filled.user():
        done = filled.kiban("backup", str(disk))
        assert (done.returncode, "空きが足りません" in done.stderr) == (1, True)
        fits = {"moment": "2026-11-29T00:00+09:00", "bytes": -(10**8)}
        (filled.data / "last-backup.json").write_text(json.dumps(fits))
        fill(disk)
        full = filled.kiban("backup", str(disk))
        assert (full.returncode, "ディスクがいっぱい" in full.stderr) == (1, True)
        assert names(disk) == ["filler"]


def test_the_doctor_says_how_old_the_last_one_is(filled, tmp_path):
    assert "バックアップはまだありません" in filled.kiban("doctor").stdout
    assert filled.kiban("backup", str(tmp_path)).returncode == 0
    from kiban.ops.backup import last

    noted = json.loads((filled.data / last.NAME).read_text())
    assert Path(noted["file"]) == next(tmp_path.iterdir())
    noted["moment"] = "2026-11-20T05:00:00+09:00"
    (filled.data / last.NAME).write_text(json.dumps(noted))
    looked = json.loads(filled.kiban("doctor", "--json").stdout)
    (found,) = [one for one in looked if "最後のバックアップ" in one["what"]]
    assert found["state"] == State.CAUTION


def test_a_table_that_cannot_be_read_is_no_reason_to_leave_it_out(filled, tmp_path):
    with filled.user(), filled.connect() as connection:
        inside = psycopg.connect(connection.info.dsn, dbname="kiban", autocommit=True)
        inside.execute("CREATE TABLE public.not_ours (n integer)")
        inside.close()
        done = filled.kiban("backup", str(tmp_path))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert names(tmp_path) == []
