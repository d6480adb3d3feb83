"""Rows of a CSV file with the line each begins on, whatever is wrong with single lines.

A quotation mark that is never closed would swallow the rest of the file: such a row is given up after its first line
and reading goes on with the next one.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import TextIO

from kiban.formats.leftovers import fitted, is_blank

BLOCK = 1 << 18  # characters read at a time
LONGEST_ROW = 200  # lines one row may span
LONGEST_FIELD = 1 << 20  # characters; a whole line may not be longer (kiban.intake.source)

Row = tuple[int, list[str] | None]


def rows(file: TextIO, width: int) -> Iterator[Row]:
    """Line number and cells of each row with content; None for the cells where a quotation mark is not closed.

    Args:
        file: opened with ``newline=""``.
        width: how many cells a row should have; a row over several lines with another number is not believed.
    """
    for block in blocks(file, width):
        yield from block


def blocks(file: TextIO, width: int) -> Iterator[list[Row]]:
    """The same, some rows at a time."""
    csv.field_size_limit(LONGEST_FIELD)
    number = 1
    while lines := file.readlines(BLOCK):
        if any('"' in line for line in lines):
            together, number = _quoted(lines, file, number, width)
        else:
            together = list(enumerate(csv.reader(lines), number))
            number += len(lines)
        yield [row for row in together if row[1] is None or not is_blank(row[1])]


class _Lines:
    """Hands lines to the csv reader and remembers which it took for the row it is at."""

    def __init__(self, lines: list[str], file: TextIO) -> None:
        self.pending = deque(lines)
        self.file = file
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) == LONGEST_ROW:
            raise csv.Error("row too long")
        line = self.pending.popleft() if self.pending else self.file.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """All but the first line of the row are read anew."""
        self.pending.extendleft(reversed(self.taken[1:]))
        self.ended = False


def _quoted(lines: list[str], file: TextIO, number: int, width: int) -> tuple[list[Row], int]:
    """Rows that begin in these lines, and the number of the line after the last."""
    quoted: list[Row] = []
    source = _Lines(lines, file)
    reader = csv.reader(source, strict=True)
    while source.pending:
        source.taken.clear()
        try:
            cells = next(reader)
            closed = not source.ended and (len(source.taken) == 1 or len(fitted(cells, width)) == width)
        except csv.Error:
            closed = False
        if not closed:
            quoted.append((number, None))
            source.give_back()
            reader = csv.reader(source, strict=True)
            number += 1
            continue
        quoted.append((number, cells))
        number += len(source.taken)
    return quoted, number
