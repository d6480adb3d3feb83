"""Whether a PostgreSQL is the newest minor release of its major version, as far as this version of ours knows."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiban.ops.room import Finding, State

STALE = dt.timedelta(days=200)  # two of PostgreSQL's planned releases later


@dataclass(frozen=True)
class Release:
    """A minor release and its day."""

    minor: int
    on: dt.date


@cache
def newest() -> dict[int, Release]:
    """The newest known minor release by major version (``postgresql_releases.toml``)."""
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return {int(major): Release(**release) for major, release in read["newest"].items()}


def compared(words: str, major: int, minor: int, remedy: str, today: dt.date) -> Finding:
    """A finding about a PostgreSQL: behind the newest release we know; or that we may know it no longer.

    Args:
        words: what to say when it is well, with the version in it.
        remedy: how the operator comes to a newer one.
    """
    known = newest().get(major)
    if known is None:
        return Finding(words)
    if minor < known.minor:
        return Finding(
            f"{words}は古くなっています(最新は{major}.{known.minor}、{known.on:%Y-%m-%d})。"
            "安全上の不具合が直っていません",
            State.CAUTION,
            remedy,
        )
    if today - known.on > STALE:
        return Finding(
            f"{words}。この介護情報基盤が知る最新({major}.{known.minor}、{known.on:%Y-%m-%d})から"
            "半年以上たち、より新しい版が出ているはずです",
            State.CAUTION,
            remedy,
        )
    return Finding(words)
