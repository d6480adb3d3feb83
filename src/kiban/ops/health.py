"""What ``kiban doctor`` finds: each room says how it is (``Room.health``), none is imported here.

What needs no database is yielded first: when the database does not answer, the findings until then stand and the rest
of the room is reported as not looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.db import Error as DatabaseError

from kiban.ops.room import Finding, State, rooms

CAUTION_DAYS = 90
BAD_DAYS = 7


def findings() -> Iterator[Finding]:
    """What every room says of itself, in the order of the rooms."""
    for room in rooms():
        try:
            yield from room.health()
        except (psycopg.Error, DatabaseError):
            yield Finding(
                f"{room.verbose_name}: データベースが答えないため、確かめていません",
                State.CAUTION,
                "先にデータベースを直してから、もう一度 kiban doctor を実行してください。",
            )


def expiry(what: str, ends: dt.datetime, remedy: str, *, caution_days: int = CAUTION_DAYS) -> Finding:
    """A certificate by its last moment: a caution some months before, bad in the last week and after it."""
    left = ends - dt.datetime.now(dt.UTC)
    if left < dt.timedelta():
        return Finding(f"{what}: 有効期限が切れています({ends:%Y-%m-%d})", State.BAD, remedy)
    if left < dt.timedelta(days=caution_days):
        state = State.BAD if left < dt.timedelta(days=BAD_DAYS) else State.CAUTION
        return Finding(f"{what}: あと{left.days}日で期限が切れます({ends:%Y-%m-%d})", state, remedy)
    return Finding(f"{what}: {ends:%Y-%m-%d}まで有効です")


def secret_file(what: str, path: Path) -> Finding:
    """A file only this account may read."""
    if not path.exists():
        return Finding(
            f"{what}: {path} がありません", State.BAD, "kiban setup を実行するか、バックアップから戻してください。"
        )
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding(
            f"{what}: ほかのアカウントから読めます({path} {mode:04o})",
            State.BAD,
            f"chmod 600 {path} を実行してください。",
        )
    return Finding(f"{what}: このアカウントだけが読めます")
