"""What went wrong below a command, in the operator's words: a full disk, a database that is gone. No personal data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import psycopg

from kiban.ops import reasons
from kiban.ops.embedded import folder
from kiban.ops.paths import data_folder

NEXT_PIECE = 32 * 2**20  # bytes; PostgreSQL's log grows by half as much at a time, and PostgreSQL dies where it cannot
GONE = ("08", "57P")  # SQLSTATE: connection lost; shutting down, crashed, starting
SHORT_OF_SOMETHING = "53"


def words(error: BaseException) -> str:
    """A sentence and what to do next; empty when the error is none of these (then it is a fault of the program)."""
    if is_disk_full(error):
        return "ディスクがいっぱいのため、できませんでした。空きを作ってから、同じコマンドをもう一度実行してください。"
    for one in _causes(error):
        if isinstance(one, psycopg.Error):
            return _of_database(one)
    return ""


def is_disk_full(error: BaseException) -> bool:
    """Whether it came of a disk without space, ours or the database's; one that died of it cannot say so."""
    return any(
        (isinstance(one, OSError) and one.errno in reasons.DISK_FULL)
        or isinstance(one, psycopg.errors.DiskFull)
        or (isinstance(one, psycopg.Error) and "No space left on device" in str(one))
        or (isinstance(one, psycopg.Error) and _is_gone(one) and _has_ours_no_space())
        for one in _causes(error)
    )


def _of_database(error: psycopg.Error) -> str:
    state = error.sqlstate or ""
    if state.startswith(SHORT_OF_SOMETHING):
        return "データベースのメモリか接続の数が足りません。ほかの処理が終わってから、もう一度実行してください。"
    if _is_gone(error):
        return (
            "データベースが答えません。途中までの仕事は取り消されています。"
            "kiban doctor で確かめてから、同じコマンドをもう一度実行してください。"
        )
    return ""


def _is_gone(error: psycopg.Error) -> bool:
    state = error.sqlstate or ""
    return state.startswith(GONE) or (not state and isinstance(error, psycopg.OperationalError))


def _has_ours_no_space() -> bool:
    """Whether the embedded database, where there is one, has no room for what it would write next."""
    pgdata = folder.path_in(data_folder())
    return pgdata.exists() and shutil.disk_usage(pgdata).free < NEXT_PIECE


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came of: Django wraps the database's."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
