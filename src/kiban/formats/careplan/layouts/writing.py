"""Writing a file in the plainest form: no header, MS932, CR LF, free text in quotation marks, everything else bare.

An empty value is an empty field (Null), also of free text. V3.2 is never written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from kiban.formats.careplan.layouts.characters import ENCODING, odd, shown
from kiban.formats.careplan.layouts.columns import Edition, Layout
from kiban.formats.careplan.layouts.kinds import CURRENT


class WriteError(ValueError):
    """A row that cannot be written. Never repeats the value.

    Attributes:
        row: counted from 1. column: its number. column_name: its Japanese name.
        at: the character of the cell, from 1; None when the cell as a whole is meant.
    """

    def __init__(self, row: int, column: int, column_name: str, reason: str, at: int | None = None) -> None:
        self.row, self.column, self.column_name, self.at = row, column, column_name, at
        where = f"{row}件目の{column}列目「{column_name}」"
        super().__init__(f"{where}{f'の{at}文字目' if at else ''}: {reason}")


def write(layout: Layout, rows: Iterable[Sequence[str]]) -> bytes:
    """The bytes of a file.

    Raises:
        WriteError: a character outside MS932 (with its place), a wrong number of columns, another version than
            202407, or a comma, quotation mark or line end outside free text.
        ValueError: the layout is not of V4.1.
    """
    return b"".join(records(layout, rows))


def write_to(file: BinaryIO, layout: Layout, rows: Iterable[Sequence[str]]) -> int:
    """Write record by record; returns how many. Raises what ``write`` raises; records before that are written."""
    count = 0
    for record in records(layout, rows):
        file.write(record)
        count += 1
    return count


def records(layout: Layout, rows: Iterable[Sequence[str]]) -> Iterable[bytes]:
    """The records one by one, each with its end."""
    if layout.edition is not Edition.V4_1:
        raise ValueError("旧版の形では書き出しません。")
    quoted = [column.is_text for column in layout.columns]
    for number, cells in enumerate(rows, 1):
        if len(cells) != layout.width:
            raise WriteError(number, 0, "", f"列が{len(cells)}個です。{layout.width}個でなければなりません。")
        if cells[0] != CURRENT:
            raise WriteError(number, 1, layout.columns[0].name, f"{CURRENT}だけを書き出します。")
        parts = []
        for at, cell in enumerate(cells):
            if not cell:
                parts.append("")
            elif quoted[at]:
                parts.append('"' + cell.replace('"', '""') + '"')
            elif set(cell) & set(',"\r\n'):
                reason = "コンマ、引用符、改行は文章の欄にしか書けません。"
                raise WriteError(number, at + 1, layout.columns[at].name, reason)
            else:
                parts.append(cell)
        yield _encode(layout, number, cells, ",".join(parts) + "\r\n")


def _encode(layout: Layout, number: int, cells: Sequence[str], record: str) -> bytes:
    for at, cell in enumerate(cells):
        for found in odd(cell):
            reason = f"{shown(found)}は、この形式(MS932)では使えない文字です。"
            raise WriteError(number, at + 1, layout.columns[at].name, reason, found.at)
    return record.encode(ENCODING)
