"""Whether the rows an export shows are those that were sealed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from . import places
from .places import Place

if TYPE_CHECKING:
    from .checking import Report, Tree


def check(place: Place, checked: Mapping[int, Tree], report: Report) -> None:
    """Each row that is shown is the entry it says it is, and they stand in the order in which they were written."""
    for file in places.files(place / "rows"):
        if file.name.endswith(".jsonl"):
            _check_month(file, checked, report)
    if (place / "rows" / "complete").is_file():
        report.faults += _missing(checked)
    elif lacking := sum(one.shown.count(0, one.number > 1) for one in checked.values()):
        report.said.append(f"行の中身は全部ではありません({lacking}件は、ハッシュだけを確かめました)。")


def _check_month(file: Any, checked: Mapping[int, Tree], report: Report) -> None:
    before, written_before, turned = (0, -1), (0, 0), 0
    for number, line in enumerate(places.lines(file), 1):
        where = f"rows/{file.name} の{number}行目"
        try:
            row = json.loads(line.decode())
            at, text = (int(row["log"]), int(row["index"])), str(row["text"])
            entry = sha256(b"\x00" + bytes.fromhex(row["salt"]) + text.encode()).digest()
            written, month = _place_of(text)
        except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError, OSError):
            report.faults.append(f"{where}: 読めません")
            continue
        report.rows += 1
        one = checked.get(at[0])
        if at <= before:
            report.faults.append(f"{where}: 同じ行が2度あるか、順序が違います(封印{at[0]}の{at[1]}番)")
        elif one is None or not 0 <= at[1] < one.head.size or one.entry(at[1]) != entry:
            report.faults.append(f"{where}: 封印{at[0]}の{at[1]}番の行が、封印されたものと違います")
        else:
            one.shown[at[1]] = 1
            if month != file.name.removesuffix(".jsonl"):
                report.faults.append(f"{where}: 別の月({month})の行です")
            # What was left over from the trees before stands first in a tree, with numbers of other clusters.
            turned = (turned if at[0] == before[0] else 0) + (at[0] == before[0] and written < written_before)
            if turned >= at[0]:
                report.faults.append(f"{where}: 封印{at[0]}の{at[1]}番の行は、書かれた順に封印されていません")
        before, written_before = at, written


def _missing(checked: Mapping[int, Tree]) -> Iterator[str]:
    """Where the export says that all rows are shown."""
    for one in checked.values():
        bridge = 0 if one.number == 1 else 1
        lacking = one.head.size - bridge - sum(one.shown[bridge:])
        if lacking:
            first = one.shown.index(0, bridge)
            yield f"封印{one.number}: 封印された行が{lacking}件ありません(はじめは{first}番)"


# Where a row's canonical text says which transaction and which number it has, and when it was (gate/accesslog.py).
PLACES = {"kiban-access-1": (2, 3, 4), "kiban-access-2": (4, 5, 6)}


def _place_of(text: str) -> tuple[tuple[int, int], str]:
    """((transaction, number), month in Japan as 2026-11)."""
    fields = text.split("\x1f")
    at, number, transaction = (int(fields[place]) for place in PLACES[fields[0]])
    return (transaction, number), month_of(at)


def month_of(microseconds: int) -> str:
    """The month in Japan of a moment (microseconds since 1970), as 2026-11."""
    at = dt.datetime.fromtimestamp(microseconds // 1_000_000, dt.timezone(dt.timedelta(hours=9)))
    return f"{at:%Y-%m}"
