"""Rows of a file with the line each begins on, in blocks, whatever is wrong with single lines.

A quotation mark that is never closed would swallow the rest of the file: such a row is given up after its first line
and reading goes on with the next one.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO

from kiban.formats.careplan.layouts.characters import ENCODING, may_stand, plainly
from kiban.formats.leftovers import fitted, is_blank

BLOCK = 1 << 15  # bytes read at a time
LONGEST_LINE = 1 << 20  # bytes
LONGEST_ROW = 2_000  # lines one row may span: the long texts of a plan


Fits = Callable[[list[str]], bool]


class LineTooLongError(Exception):
    """A line is longer than any of these files has one: not such a file."""


@dataclass
class Block:
    """Some rows.

    Attributes:
        cells: of each row.
        lines: the line each row begins on, from 1.
        broken: lines on which a row begins whose quotation marks do not close.
        odd: among these characters are some that may not stand there (bytes that are no text are lone surrogates).
        raw: the text of each row as it stands in the file; empty when not wanted.
        blank: lines of rows without content that were passed over; an empty line is not counted among them.
        wide: lines of rows that had empty cells beyond the last column, which were passed over.
    """

    cells: list[list[str]] = field(default_factory=list)
    lines: Sequence[int] = ()
    broken: list[int] = field(default_factory=list)
    odd: bool = False
    raw: list[str] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    wide: list[int] = field(default_factory=list)


class Lines:
    """The lines of a file, a block at a time, with a few more when a row goes on in the next block."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._encoding = encoding
        self._rest = b""
        self._pending: deque[str] = deque()
        self._first = True
        self.odd = False  # since the last block: bytes that are no text, or characters that may not stand there
        self.crlf = self.lf = self.cr = False  # met somewhere
        self.last = b""

    @property
    def plain_end(self) -> str:
        """How the records end, as far as was read: CR LF unless there is not one in the file."""
        if self.crlf or not (self.lf or self.cr):
            return "\r\n"
        return "\n" if self.lf else "\r"

    def block(self) -> list[str]:
        """The next lines; empty at the end of the file."""
        if self._pending:
            lines = list(self._pending)
            self._pending.clear()
            return lines
        return self._read()

    def more(self) -> Iterator[str]:
        """Lines of the next block, one by one; those that are not asked for stay there."""
        while True:
            if not self._pending:
                self._pending.extend(self._read())
            if not self._pending:
                return
            yield self._pending.popleft()

    def give_back(self, lines: list[str]) -> None:
        """Lines taken too early."""
        self._pending.extendleft(reversed(lines))

    def _read(self) -> list[str]:
        while True:
            chunk = self._file.read(BLOCK)
            data = self._rest + chunk
            if not chunk:
                self._rest = b""
                break
            cut = data.rfind(b"\n") + 1
            if not cut and data.endswith(b"\r"):
                cut = 0  # the line feed may be in the next chunk
            elif not cut:
                cut = data.rfind(b"\r") + 1
            if cut:
                data, self._rest = data[:cut], data[cut:]
                break
            self._rest = data
            if len(data) > LONGEST_LINE:
                raise LineTooLongError
        if not data:
            return []
        self._count(data)
        text = self._decode(data)
        self.odd = self.odd or not (plainly(text) if self._encoding == ENCODING else may_stand(text))
        return io.StringIO(text, newline="").readlines()

    def _count(self, data: bytes) -> None:
        self.last = data[-2:]
        if not self.crlf:
            self.crlf = b"\r\n" in data
            self.lf = self.lf or b"\n" in data
            self.cr = self.cr or b"\r" in data

    def _decode(self, data: bytes) -> str:
        try:
            text = data.decode(self._encoding)
        except UnicodeDecodeError:
            self.odd = True
            text = data.decode(self._encoding, "surrogateescape")
        if self._first:
            self._first = False
            text = text.removeprefix("\ufeff")
        return text


def blocks(lines: Lines, widths: Set[int], fits: Fits, *, raw: int = 0) -> Iterator[Block]:
    """All rows of a file.

    Args:
        widths: how many columns a row may have; a row over several lines with another number is not believed.
        fits: whether the cells of a row are what its columns take; asked of a row without its last, empty cells.
        raw: for so many rows at least, keep the text as it stands in the file.

    Raises:
        LineTooLongError: see there.
    """
    csv.field_size_limit(LONGEST_LINE)
    number = 1
    while first := lines.block():
        plain = None if raw > 0 else _plain(first, number)
        block, number = (
            plain or _whole(first, lines, number, widths, keep=raw > 0) or _careful(first, lines, number, widths)
        )
        raw -= len(block.cells)
        block.odd, lines.odd = lines.odd, False
        yield _narrowed(_without_blanks(block), widths, fits)


def _plain(first: list[str], number: int) -> tuple[Block, int] | None:
    """The rows when each stands on a line of its own."""
    try:
        cells = list(csv.reader(first, strict=True))
    except csv.Error:
        return None
    if len(cells) != len(first):
        return None
    return Block(cells, range(number, number + len(first))), number + len(first)


def _whole(first: list[str], lines: Lines, number: int, widths: Set[int], *, keep: bool) -> tuple[Block, int] | None:
    """The rows when every quotation mark is where it should be; None when one is not (nothing is lost then)."""
    extra: list[str] = []

    def source() -> Iterator[str]:
        yield from first
        for line in lines.more():
            extra.append(line)
            yield line
            if len(extra) == LONGEST_ROW:
                return

    reader = csv.reader(source(), strict=True)
    rows: list[list[str]] = []
    begins: list[int] = []
    end = 0
    try:
        for cells in reader:
            begin, end = end, reader.line_num
            if end - begin > 1 and not _believable(cells, widths):
                break
            rows.append(cells)
            begins.append(begin)
            if end >= len(first):
                everything = first + extra
                raw = ["".join(everything[first:after]) for first, after in pairwise([*begins, end])] if keep else []
                return Block(rows, [number + begin for begin in begins], raw=raw), number + end
    except csv.Error:
        pass
    lines.give_back(extra)
    return None


def _careful(first: list[str], lines: Lines, number: int, widths: Set[int]) -> tuple[Block, int]:
    """The rows one by one; a row that does not close is given up after its first line."""
    pending = deque(first)
    more = lines.more()
    block = Block()
    begins: list[int] = []
    own = len(first)  # of the lines still pending, those of this block
    while own > 0:
        used: list[str] = []
        cells = _one(pending, more, used)
        if cells is None or (len(used) > 1 and not _believable(cells, widths)):
            block.broken.append(number)
            pending.extendleft(reversed(used[1:]))
            used = used[:1]
        else:
            block.cells.append(cells)
            block.raw.append("".join(used))
            begins.append(number)
        number += len(used)
        own -= len(used)
    lines.give_back(list(pending))
    block.lines = begins
    return block, number


def _one(pending: deque[str], more: Iterator[str], used: list[str]) -> list[str] | None:
    """The cells of the next row, None when its quotation marks do not close; ``used`` gets the lines looked at."""

    def source() -> Iterator[str]:
        while len(used) < LONGEST_ROW:
            line = pending.popleft() if pending else next(more, "")
            if not line:
                return
            used.append(line)
            yield line

    try:
        return next(csv.reader(source(), strict=True))
    except (csv.Error, StopIteration):
        return None


def _without_blanks(block: Block) -> Block:
    """The rows with content."""
    kept = [at for at, cells in enumerate(block.cells) if not is_blank(cells)]
    if len(kept) == len(block.cells):
        return block
    blank = [line for cells, line in zip(block.cells, block.lines, strict=True) if len(cells) > 1 and is_blank(cells)]
    raw = [block.raw[at] for at in kept] if block.raw else []
    return Block(
        [block.cells[at] for at in kept], [block.lines[at] for at in kept], block.broken, block.odd, raw, blank
    )


def _narrowed(block: Block, widths: Set[int], fits: Fits) -> Block:
    """Rows without the empty cells beyond the last column, which Excel puts into all of them alike.

    One row that is wider than its neighbours has a comma too many in a text: its last cell may be empty as well.
    """
    met = set(map(len, block.cells))
    if met <= widths or len(met) != 1:
        return block
    narrow = [_fitted(cells, widths) for cells in block.cells]
    if all(len(cells) in widths for cells in narrow) and (len(narrow) > 1 or fits(narrow[0])):
        block.cells, block.wide = narrow, list(block.lines)
    return block


def _fitted(cells: list[str], widths: Set[int]) -> list[str]:
    return fitted(cells, max((width for width in widths if width < len(cells)), default=len(cells)))


def _believable(cells: list[str], widths: Set[int]) -> bool:
    """Whether a row over several lines has a number of columns that such a file has."""
    return len(cells) in widths or len(_fitted(cells, widths)) in widths
