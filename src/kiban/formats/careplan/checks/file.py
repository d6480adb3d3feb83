"""One file from its first byte to its last, block by block: memory does not grow with the rows that are checked."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import compress
from typing import TypeVar

from kiban.formats.careplan.checks import against_name, versions, whole
from kiban.formats.careplan.checks.cells import (
    ColumnCheck,
    Extra,
    KnownOffice,
    RuleCheck,
    adjusted,
    office_look,
    takes_office,
)
from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.checks.totals import Totals
from kiban.formats.careplan.layouts import kinds, names, prevention, units
from kiban.formats.careplan.layouts.characters import odd, shown
from kiban.formats.careplan.layouts.columns import Kind, Layout
from kiban.formats.careplan.layouts.faults import UNREADABLE, Finding
from kiban.formats.careplan.layouts.names import FileName
from kiban.formats.careplan.layouts.reading import Assembly, Document, NotExchangeFileError, fits_of, guess, widths_of
from kiban.formats.careplan.layouts.readings import Readings, Strictness
from kiban.formats.careplan.layouts.rows import Block, Lines, LineTooLongError, blocks
from kiban.formats.careplan.layouts.sources import UTF8, NotTextError, Source, examine

LOOKED_AT = 200  # rows of which the quotation marks are looked at
FAR = 3  # columns too many or too few before a file is no longer taken for one with a slip
Key = tuple[str, ...]
T = TypeVar("T", bound=Hashable)
_LINKED = frozenset({*units.PARENTS, *units.PARENTS.values(), Kind.USER})


@dataclass
class Facts:
    """What the files of a unit are compared by.

    Attributes:
        keys: link key → the line it is first met on.
        at_receiver: of the 予定: the users with a line of the receiving office.
        images: name of an image → the line that names it.
        document: the rows themselves, where the caller wants them and the file could be read.
    """

    file: str
    base: str
    name: FileName | None = None
    kind: Kind | None = None
    layout: Layout | None = None
    keys: dict[Key, int] = field(default_factory=dict)
    at_receiver: set[Key] = field(default_factory=set)
    images: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    document: Document | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def readable(self) -> bool:
        """Whether it could be read as such a file."""
        return not any(finding.code in UNREADABLE for finding in self.findings)


def check_file(
    source: Source, readings: Readings, known_office: KnownOffice | None, *, keep_rows: bool = False
) -> Facts:
    """Check one file by itself. Raises nothing for what is in the file; OSError is made a finding.

    Args:
        keep_rows: make the file a document (``layouts.read``) on the same way through it.
    """
    into = Collector(source.name, readings)
    facts = Facts(source.name, source.base)
    facts.name, problems = names.parse(source.base)
    facts.kind = facts.name.kind if facts.name else names.kind_of(source.base)
    try:
        if facts.kind is Kind.BASIC_IMAGE:
            whole.image(source, into)
        else:
            assembly = Assembly(names.kind_of(source.base)) if keep_rows else None
            _Check(source, facts, readings, known_office, into, assembly=assembly).run()
    except NotTextError as error:
        into.add(whole.not_text(error.what))
    except LineTooLongError:
        into.add(whole.not_text("1行がとても長い、CSVではないファイル"))
    except OSError as error:
        into.add(whole.not_readable(error))
    facts.findings = into.findings()
    if facts.readable:
        for problem in problems:
            into.add(problem)
        if facts.name and known_office:
            against_name.offices(facts.name, known_office, into)
        facts.findings = into.findings()
    return facts


class _Check:
    """The state of a check of one file."""

    def __init__(
        self,
        source: Source,
        facts: Facts,
        readings: Readings,
        known_office: KnownOffice | None,
        into: Collector,
        *,
        assembly: Assembly | None,
    ) -> None:
        self.source, self.facts, self.readings, self.known_office, self.into, self.assembly = (
            source, facts, readings, known_office, into, assembly,
        )  # fmt: skip
        self.versions: dict[str, int] = {}
        self.months: dict[str, int] = {}
        self.seen: set[int] = set()
        self.header: int | None = None
        self.bare = False
        self.refused = False  # it is none of these files: no more to say
        self.last = 0  # line of the last row
        self.last_bad = False
        self.blank: list[int] = []
        self.wide: list[int] = []

    def run(self) -> None:
        """Raises NotTextError, LineTooLongError, OSError."""
        text = examine(self.source)
        with self.source.open() as file:
            lines = Lines(file, text.encoding)
            raw = 0 if self.readings.bare_text is Strictness.IGNORE else LOOKED_AT
            for block in blocks(lines, widths_of(self.facts.kind), fits_of(self.facts.kind), raw=raw):
                self._assemble(block)
                self._block(block)
                if self.refused:
                    break
        if self.assembly:
            with suppress(NotExchangeFileError):
                self.facts.document = self.assembly.document(text.encoding, lines)
        if self.refused:
            return
        if self.facts.layout is None:
            if not self.into.findings():
                self.into.add(whole.no_rows(header=self.header is not None))
            return
        if self.totals:
            self.totals.finish()
        versions.versions(self.facts.layout, self.versions, self.into)
        against_name.months(self.facts.layout, self.facts.name, self.months, self.into)
        if text.encoding == UTF8:
            self.into.add(whole.utf8(text.mark))
        whole.line_ends(lines, self.last, self.last_bad, self.into)
        whole.leftovers(self.blank, self.wide, self.into)

    def _assemble(self, block: Block) -> None:
        if self.assembly:
            try:
                self.assembly.add(block)
            except NotExchangeFileError:
                self.assembly = None  # there is no document; the check says why

    def _block(self, block: Block) -> None:
        for line in block.broken:
            self.into.add(whole.BROKEN, line)
            self._ends(line, bad=True)
        self.blank += block.blank
        self.wide += block.wide
        if not block.cells:
            return
        if self.facts.layout is None:
            block = self._begin(block)
            if self.facts.layout is None:
                return
        cells, lines = self._right_width(block, self.facts.layout)
        if not cells:
            return
        self.facts.rows += len(cells)
        self._rows(self.facts.layout, cells, lines)
        if block.odd:
            self._characters(self.facts.layout, cells, lines)
        if block.raw and self.readings.bare_text is not Strictness.IGNORE and not self.bare:
            self._bare_text(block)

    def _begin(self, block: Block) -> Block:
        """Find out the layout from the first rows; the layout stays None when they are none of such a file."""
        first = block.cells[0]
        if self.header is None and kinds.is_heading(first):
            self.header = block.lines[0]
            self.into.add(whole.HEADER, block.lines[0])
            found = kinds.by_heading(first)
            if self.facts.kind is None and found:
                self.facts.kind = found.kind
            block = Block(block.cells[1:], block.lines[1:], block.broken, block.odd, block.raw[1:])
            if not block.cells:
                return block
            first = block.cells[0]
        layout = self._layout(block.cells)
        self.refused = layout is None
        if layout:
            self.versions[first[0]] = block.lines[0]
            self._use(adjusted(layout, self.readings))
        return block

    def _layout(self, rows: Sequence[list[str]]) -> Layout | None:
        kind = self.facts.kind
        content = next((found for found in map(guess, rows[:LOOKED_AT]) if found), None)
        if kind is None:
            if content is None:
                self.into.add(whole.otherwise_separated(rows[0]) or whole.not_exchange(len(rows[0])))
                return None
            kind = self.facts.kind = content
        widths = widths_of(kind)
        fitting = next((row for row in rows if len(row) in widths), None)
        if fitting is None and content and content is not kind:
            self.into.add(whole.kind_differs(kind, content, len(rows[0])))
            kind = self.facts.kind = content
            fitting = rows[0]
        nearest = min(abs(len(rows[0]) - width) for width in widths_of(kind))
        if fitting is None and (nearest > FAR or not rows[0][0].strip().isdigit()):
            self.into.add(whole.otherwise_separated(rows[0]) or whole.other_columns(kind, len(rows[0])))
            return None
        row = fitting or rows[0]
        return kinds.choose(kind, row[0], len(row))

    def _use(self, layout: Layout) -> None:
        """Make the checks of a layout ready."""
        self.facts.layout = layout
        self.columns = []
        for column in layout.columns:
            extra: list[Extra] = []
            if self.known_office and takes_office(column):
                extra.append(office_look(self.known_office))
            extra += against_name.of_sender(layout, column, self.facts.name)
            check = ColumnCheck(column, self.readings, extra)
            if check.looks:
                self.columns.append((column.no - 1, check))
        self.rules = [RuleCheck(rule, layout.column(rule.at)) for rule in layout.rules]
        self.totals = Totals(layout, self.into) if layout.kind is Kind.BENEFIT else None
        self.unique = [no - 1 for no in layout.unique]
        if layout.kind is Kind.PLAN2 and self.readings.sheet2_numbers_unique is Strictness.IGNORE:
            self.unique = []
        self.numbering = [no - 1 for no in layout.unique if layout.column(no).name.endswith("ＮＯ")]
        self.link = [no - 1 for no in layout.link] if layout.kind in _LINKED else []
        self.month_at = layout.month - 1 if layout.month else None
        name = self.facts.name
        service_office = name is not None and (name.receiver_service or "43") not in ("43", "46")
        self.receiver = name.receiver if name and service_office and layout.kind is Kind.SCHEDULE else None
        self.office_at = layout.number("サービス事業者コード") - 1 if self.receiver else 0
        self.image_at = prevention.IMAGE_COLUMN - 1 if layout.kind is Kind.BASIC else None

    def _right_width(self, block: Block, layout: Layout) -> tuple[list[list[str]], Sequence[int]]:
        """The rows with as many columns as the layout has; the others become findings."""
        width = layout.width
        self._ends(block.lines[-1], bad=len(block.cells[-1]) != width)
        if set(map(len, block.cells)) == {width}:
            return block.cells, block.lines
        cells, lines = [], []
        for row, line in zip(block.cells, block.lines, strict=True):
            if len(row) == width:
                cells.append(row)
                lines.append(line)
            elif row[0] not in self.versions and kinds.choose(layout.kind, row[0], len(row)).width == len(row):
                self.into.add(versions.other_edition(width, len(row)), line)
            else:
                self.into.add(whole.column_count(layout, len(row)), line)
        return cells, lines

    def _ends(self, line: int, *, bad: bool) -> None:
        if line >= self.last:
            self.last, self.last_bad = line, bad

    def _rows(self, layout: Layout, cells: list[list[str]], lines: Sequence[int]) -> None:
        columns = list(zip(*cells, strict=True))
        _first_met(self.versions, columns[0], lines)
        if self.month_at is not None:
            _first_met(self.months, columns[self.month_at], lines)
        for at, check in self.columns:
            check.block(columns[at], lines, self.into)
        for rule in self.rules:
            rule.block(columns, lines, self.into)
        if self.unique:
            self._duplicates(layout, columns, lines)
        if self.totals:
            self.totals.block(cells, columns, lines)
        if self.link:
            keys = list(zip(*(columns[at] for at in self.link), strict=True))
            _first_met(self.facts.keys, keys, lines)
        if self.receiver:
            users = zip(columns[1], columns[2], strict=True)
            self.facts.at_receiver.update(compress(users, map(self.receiver.__eq__, columns[self.office_at])))
        if self.image_at is not None:
            _first_met(self.facts.images, columns[self.image_at], lines)

    def _duplicates(self, layout: Layout, columns: Sequence[tuple[str, ...]], lines: Sequence[int]) -> None:
        together = list(zip(*(columns[at] for at in self.unique), strict=True))
        marks = list(map(hash, together))
        block = set(marks)
        if len(block) == len(marks) and self.seen.isdisjoint(block):
            self.seen |= block
            return
        problem = whole.duplicate(layout)
        for at, mark in enumerate(marks):
            numbered = not self.numbering or any(columns[no][at] for no in self.numbering)
            if mark in self.seen and numbered:
                self.into.add(problem, lines[at], layout.column(layout.unique[-1]))
            self.seen.add(mark)

    def _characters(self, layout: Layout, cells: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
        for row, line in zip(cells, lines, strict=True):
            for at, cell in enumerate(row):
                for found in odd(cell):
                    self.into.add(whole.character(found.code, shown(found), found.at), line, layout.columns[at])

    def _bare_text(self, block: Block) -> None:
        layout = self.facts.layout
        if layout is None:
            return
        for row, line, raw in zip(block.cells, block.lines, block.raw, strict=False):
            at = whole.bare_text_at(layout, row, raw)
            if at is not None:
                self.into.add(whole.BARE, line, layout.columns[at])
                self.bare = True
                return


def _first_met(known: dict[T, int], values: Sequence[T], lines: Sequence[int]) -> None:
    """Note the line each value is first met on."""
    if known and known.keys() >= set(values):
        return
    for value, line in zip(values, lines, strict=True):
        if value not in known:
            known[value] = line
