"""Reading a file as rows: every variant met in circulation, with a note of what was not as it should be.

This reads; ``formats.careplan.checks`` says everything that is wrong. A caller that only wants the rows gets them here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kiban.formats.careplan.layouts import kinds, names
from kiban.formats.careplan.layouts.columns import Edition, Kind, Layout
from kiban.formats.careplan.layouts.faults import Code
from kiban.formats.careplan.layouts.rows import Block, Lines, LineTooLongError, blocks
from kiban.formats.careplan.layouts.sources import UTF8, NotTextError, Source, examine, of_bytes, of_path
from kiban.formats.kinds_of_file import separated_otherwise


class NotExchangeFileError(ValueError):
    """The file is none of these. The message says in Japanese what it is."""


@dataclass
class Document:
    """A file that was read.

    Attributes:
        layout: of its first row.
        rows: values in the order of the layout's columns.
        lines: the line each row begins on.
        variants: in which ways the file differs from the plainest form.
        left_out: lines whose row could not be read (quotation marks, number of columns): never dropped silently.
    """

    layout: Layout
    rows: list[tuple[str, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    variants: set[Code] = field(default_factory=set)
    left_out: list[int] = field(default_factory=list)


class Assembly:
    """A document that grows block by block, while somebody (``read``, the check) goes through the file once.

    Args:
        kind: what the file is; None: decided by its first row.
    """

    def __init__(self, kind: Kind | None) -> None:
        self._kind = kind
        self._document: Document | None = None
        self._variants: set[Code] = set()
        self._left_out: list[int] = []

    def add(self, block: Block) -> None:
        """Take the rows of a block. Raises NotExchangeFileError: the first row is none of such a file."""
        self._left_out += block.broken
        for line, cells in zip(block.lines, block.cells, strict=True):
            if self._document is None:
                if kinds.is_heading(cells):
                    self._variants.add(Code.HEADER_LINE)
                    continue
                self._document = Document(recognise(cells, self._kind))
            if len(cells) != self._document.layout.width:
                self._left_out.append(line)
                continue
            self._document.rows.append(tuple(cells))
            self._document.lines.append(line)

    def document(self, encoding: str, lines: Lines) -> Document:
        """The document, after the last block. Raises NotExchangeFileError: there was no row."""
        if self._document is None:
            raise NotExchangeFileError("データの行がありません。")
        variants = self._variants
        if encoding == UTF8:
            variants.add(Code.UTF8)
        if lines.plain_end != "\r\n":
            variants.add(Code.LINE_END)
        if self._document.layout.edition is not Edition.V4_1:
            variants.add(Code.OLD_VERSION)
        self._document.variants, self._document.left_out = variants, sorted(self._left_out)
        return self._document


def read(file: Path | Source, kind: Kind | None = None) -> Document:
    """Read a whole file into memory.

    Args:
        kind: what it is; None: by its name, else by a heading, else by version and number of columns.

    Raises:
        NotExchangeFileError: it is none of these files.
        OSError: it cannot be read.
    """
    source = of_path(file) if isinstance(file, Path) else file
    try:
        text = examine(source)
    except NotTextError as error:
        raise NotExchangeFileError(
            f"{error.what}です。CSVではありません。" if error.what else "中身がありません。"
        ) from None
    wanted = kind or names.kind_of(source.base)
    assembly = Assembly(wanted)
    with source.open() as stream:
        lines = Lines(stream, text.encoding)
        try:
            for block in blocks(lines, widths_of(wanted), fits_of(wanted)):
                assembly.add(block)
        except LineTooLongError:
            raise NotExchangeFileError("1行が長すぎます。CSVではありません。") from None
    return assembly.document(text.encoding, lines)


def read_bytes(content: bytes, name: str = "", kind: Kind | None = None) -> Document:
    """The same for a file in memory."""
    return read(of_bytes(name, content), kind)


def recognise(cells: list[str], kind: Kind | None) -> Layout:
    """The layout of a first row. Raises NotExchangeFileError."""
    if kind is None or kind is Kind.BASIC_IMAGE:
        kind = guess(cells)
        if kind is None:
            if said := separated_otherwise(",".join(cells)):
                raise NotExchangeFileError(said)
            raise NotExchangeFileError(
                f"ケアプランデータ連携のファイルではないようです(1行目が{len(cells)}列で、どの種類の列数とも合いません)。"
            )
    return kinds.choose(kind, cells[0], len(cells))


def guess(cells: list[str]) -> Kind | None:
    """The kind of a file without a name, by its first row; of kinds that look alike the first (UPPLAN for 第6表)."""
    first = cells[0] if cells else ""
    if len(first) != 6 or not first.isascii() or not first.isdigit():
        return None
    fitting = [kind for kind in kinds.candidates(len(cells)) if _fits(kinds.choose(kind, first, len(cells)), cells)]
    return fitting[0] if fitting else None


def _fits(layout: Layout, cells: list[str]) -> bool:
    return layout.width == len(cells) and all(
        bool(cells[no - 1]) and layout.column(no).form.problem(cells[no - 1]) is None for no in layout.link
    )


def widths_of(kind: Kind | None) -> frozenset[int]:
    """The numbers of columns a file of this kind may have; all there are when the kind is not known."""
    wanted = [kind] if kind and kind is not Kind.BASIC_IMAGE else list(Kind)
    return frozenset(table[each].width for each in wanted for table in (kinds.LAYOUTS, kinds.V3_2) if each in table)


def fits_of(kind: Kind | None) -> Callable[[list[str]], bool]:
    """Whether the cells of a row are what the columns of a file of this kind take, empty ones apart."""

    def fits(cells: list[str]) -> bool:
        try:
            chosen = recognise(cells, kind)
        except NotExchangeFileError:
            return False
        pairs = zip(chosen.columns, cells, strict=False)
        return chosen.width == len(cells) and all(
            not cell or column.form.problem(cell) is None for column, cell in pairs
        )

    return fits
