"""第3表 as a grid: a column a day, from 4:00 until 4:00 of the next morning, as the form is printed.

A service that goes on past midnight stays in its column; what is left after 4:00 stands in the next day's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiban.terms.weekdays import WEEKDAYS

FIRST_HOUR = 4
DAY, HOUR, WEEK = 24 * 60, 60, 7 * 24 * 60  # minutes
ROWS = 24
HOURS = [f"{hour % 24}:00" if hour < 24 else f"翌{hour % 24}:00" for hour in range(FIRST_HOUR, FIRST_HOUR + ROWS)]


@dataclass(frozen=True)
class Entry:
    """A service on one day. ``weekday``: 1 Monday … 7 Sunday. Times: HHMM; anything else is not known."""

    weekday: int
    starts_at: str
    ends_at: str
    content: str


@dataclass(frozen=True)
class Block:
    """Rows of a column that belong together: the first of them (0: 4:00), how many, and what is written there."""

    first: int
    rows: int
    text: str


def columns(entries: Iterable[Entry]) -> list[list[Block]]:
    """The blocks of each of the seven days; what overlaps stands in one block."""
    days: list[list[Block]] = [[] for _ in WEEKDAYS]
    for entry in sorted(entries, key=lambda entry: (entry.weekday, entry.starts_at)):
        for day, block in _parts(entry):
            days[day].append(block)
    return [_together(blocks) for blocks in days]


def row_of(time: str) -> int:
    """The row a time (HHMM) stands in; the first one for what is no time."""
    minutes = minutes_of(time)
    return 0 if minutes is None else (minutes // HOUR - FIRST_HOUR) % ROWS


def minutes_of(time: str) -> int | None:
    """Minutes after midnight; ``None`` for what is no time of day. 2400 is the end of the day."""
    if not (len(time) == 4 and time.isascii() and time.isdecimal()):
        return None
    minutes = int(time[:2]) * HOUR + int(time[2:])
    return minutes if int(time[2:]) < HOUR and minutes <= DAY else None


def written(time: str) -> str:
    """9:00; empty for what is no time."""
    minutes = minutes_of(time)
    return "" if minutes is None else f"{minutes // HOUR}:{minutes % HOUR:02}"


def _parts(entry: Entry) -> list[tuple[int, Block]]:
    """The blocks of one service, each with its day (0: Monday)."""
    start, end = minutes_of(entry.starts_at), minutes_of(entry.ends_at)
    times = f"{written(entry.starts_at)}~{written(entry.ends_at)}" if start is not None or end is not None else ""
    text = f"{times} {entry.content}".strip()
    if start is None:
        return [(entry.weekday - 1, Block(0, 1, text))]
    length = 1 if end is None or end == start else (end - start) % DAY  # without an end: the hour it begins in
    begin = ((entry.weekday - 1) * DAY + start - FIRST_HOUR * HOUR) % WEEK
    first, last = begin // HOUR, (begin + length - 1) // HOUR  # rows of the whole week
    made = []
    while first <= last:
        day, row = divmod(first, ROWS)
        rows = min(last - first + 1, ROWS - row)
        made.append((day % 7, Block(row, rows, text)))
        first, text = first + rows, f"(続き ~{written(entry.ends_at)})"
    return made


def _together(blocks: list[Block]) -> list[Block]:
    whole: list[Block] = []
    for block in sorted(blocks, key=lambda block: block.first):
        before = whole[-1] if whole else None
        if before is not None and block.first < before.first + before.rows:
            end = max(before.first + before.rows, block.first + block.rows)
            whole[-1] = Block(before.first, end - before.first, f"{before.text}\n{block.text}")
        else:
            whole.append(block)
    return whole


@dataclass(frozen=True)
class Line:
    """One hour of the grid as a page sets it: what begins there, day by day (``None``: taken by a block from above)."""

    hour: str
    cells: list[Block | None]


def lines(entries: Iterable[Entry]) -> list[Line]:
    """The grid hour by hour; an hour of a day that nothing is in is a block without words."""
    grid: list[list[Block | None]] = [[Block(row, 1, "") for _ in WEEKDAYS] for row in range(ROWS)]
    for day, blocks in enumerate(columns(entries)):
        for block in blocks:
            for row in range(block.first, block.first + block.rows):
                grid[row][day] = block if row == block.first else None
    return [Line(hour, cells) for hour, cells in zip(HOURS, grid, strict=True)]
