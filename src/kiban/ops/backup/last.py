"""The last backup that was made whole, noted in the data folder: ``kiban doctor`` and the next one look at it."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiban.ops.backup import marker
from kiban.ops.paths import data_folder
from kiban.ops.room import Finding, State

NAME = "last-backup.json"
LATE = dt.timedelta(days=3)
LEAST = 64 * 2**20  # bytes expected


def note(moment: str, path: Path, size: int) -> None:
    """A backup was made: of which moment, where it lies, its bytes."""
    beside = data_folder() / f"{NAME}.new"
    text = json.dumps({"moment": moment, "file": str(path), "bytes": size}, ensure_ascii=False)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    beside.replace(data_folder() / NAME)


def expected(tables: int) -> int:
    """How many bytes the next one may need: a third more than the last, or as many as the tables have."""
    found = _noted()
    return LEAST + (int(found["bytes"]) * 4 // 3 if found else tables)


def _noted() -> dict[str, Any] | None:
    try:
        found = json.loads((data_folder() / NAME).read_text())
        dt.datetime.fromisoformat(found["moment"])
        return {**found, "bytes": int(found["bytes"])}
    except (OSError, ValueError, TypeError, KeyError):
        return None


def health(now: dt.datetime) -> Iterator[Finding]:
    """Whether a restore stopped in the middle, and how old the last backup is."""
    if marker.is_there(data_folder()):
        yield Finding("バックアップから戻す途中で止まっています", State.BAD, marker.REMEDY)
    found = _noted()
    if found is None:
        yield Finding("バックアップはまだありません(kiban backup で取れます)")
        return
    at = dt.datetime.fromisoformat(found["moment"])
    words = f"最後のバックアップは {at.astimezone():%Y-%m-%d %H:%M} のものです"
    if now - at > LATE:
        yield Finding(
            f"{words}({(now - at).days}日前)",
            State.CAUTION,
            "kiban backup を実行し、毎日のバックアップ(kiban-backup.timer など)が動いているかを確かめてください。",
        )
    else:
        yield Finding(words)
