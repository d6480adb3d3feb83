"""What the machine lacks is said by every command in one sentence; a fault of the program is not hidden by one."""

from __future__ import annotations

import errno
import shutil

import psycopg
import pytest
from django.db import OperationalError

from kiban.ops import cli, failures, reasons


def wrapped(error: psycopg.Error) -> OperationalError:
    """As Django hands it on."""
    try:
        raise OperationalError("what the database said") from error
    except OperationalError as made:
        return made


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (psycopg.errors.DiskFull("x"), "ディスクがいっぱい"),
        (wrapped(psycopg.errors.DiskFull("x")), "ディスクがいっぱい"),
        (wrapped(psycopg.OperationalError("PANIC: … No space left on device")), "ディスクがいっぱい"),
        (OSError(errno.ENOSPC, "No space left on device"), "ディスクがいっぱい"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "ディスクがいっぱい"),
        (wrapped(psycopg.OperationalError("connection failed")), "データベースが答えません"),
        (psycopg.errors.AdminShutdown("x"), "データベースが答えません"),
        (psycopg.errors.CannotConnectNow("x"), "データベースが答えません"),
        (psycopg.errors.TooManyConnections("x"), "接続の数が足りません"),
    ],
)
def test_what_the_machine_lacks_is_a_sentence(monkeypatch, error, words):
    def fails(_arguments: list[str]) -> None:
        raise error

    monkeypatch.setattr(cli, "_run", fails)
    with pytest.raises(SystemExit) as end:
        cli.main(["kiban", "load"])
    assert words in str(end.value.code)


@pytest.mark.parametrize(
    "error", [psycopg.errors.UniqueViolation("x"), psycopg.errors.UndefinedTable("x"), ValueError(), KeyError("x")]
)
def test_a_fault_of_the_program_stays_one(monkeypatch, error):
    def fails(_arguments: list[str]) -> None:
        raise error

    assert failures.words(error) == ""
    monkeypatch.setattr(cli, "_run", fails)
    with pytest.raises(type(error)):
        cli.main(["kiban", "load"])


def test_a_database_that_died_of_a_full_disk_cannot_say_so(tmp_path, monkeypatch):
    """The connection only broke off. PostgreSQL of another machine is no matter of this disk."""
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(2**40, 2**40 - 2**20, 2**20))
    lost = psycopg.OperationalError("server closed the connection unexpectedly")
    assert "データベースが答えません" in failures.words(lost)
    (tmp_path / "pg").mkdir()
    assert "ディスクがいっぱい" in failures.words(lost)
    assert failures.words(psycopg.errors.UniqueViolation("x")) == ""
    monkeypatch.undo()
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path))
    assert "データベースが答えません" in failures.words(lost)


def test_why_a_file_cannot_be_used_is_said_in_our_words():
    assert reasons.of(OSError(errno.ENOSPC, "No space left on device")) == "ディスクがいっぱいです"
    assert reasons.of(PermissionError(errno.EACCES, "Permission denied")) == "使う権限がありません"
    assert reasons.of(OSError(errno.ELOOP, "Too many levels of symbolic links")).startswith("Too many")
    assert reasons.of(OSError("x")) == "OSError"


def test_ctrl_c_is_no_traceback(monkeypatch):
    def interrupted(_arguments: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupted)
    with pytest.raises(SystemExit) as end:
        cli.main(["kiban", "load"])
    assert end.value.code == 130
