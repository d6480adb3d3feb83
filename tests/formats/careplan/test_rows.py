"""Rows do not depend on where a block ends, and a broken row does not take its neighbours along."""

from __future__ import annotations

import io
import random

import pytest

from kiban.formats.careplan.layouts import Kind, layout, rows, samples
from kiban.formats.careplan.layouts.rows import Lines, LineTooLongError, blocks
from tests.formats.careplan.making import check, content, name_of, raw

Found = tuple[list[list[str]], list[int], list[int]]


def read(data: bytes, width: int) -> Found:
    cells: list[list[str]] = []
    lines: list[int] = []
    broken: list[int] = []
    for block in blocks(Lines(io.BytesIO(data), "cp932"), {width}, lambda cells: True):
        cells += block.cells
        lines += block.lines
        broken += block.broken
    return cells, lines, sorted(broken)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 200, 333, 1000, 4096])
def test_the_size_of_a_block_changes_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(size)
    data = content(Kind.PLAN3)
    wanted = read(data, 13)
    assert wanted[1][:4] == [1, 2, 3, 5]
    spoilt = bytearray(data)
    for _ in range(3):
        spoilt.insert(chance.randrange(len(spoilt)), ord('"'))
    wanted_spoilt = read(bytes(spoilt), 13)
    monkeypatch.setattr(rows, "BLOCK", size)
    assert read(data, 13) == wanted
    assert read(bytes(spoilt), 13) == wanted_spoilt
    assert read(data.replace(b"\r\n", b"\r"), 13)[1] == wanted[1]


def test_all_lines_are_rows_or_broken() -> None:
    data = content(Kind.ACTUAL, samples.Scene(users=20)).split(b"\r\n")
    data[10] = data[10].replace(b'"', b"", 1)
    data[30] = data[30].replace(b'",', b",", 1)
    data[31] = data[31].replace(b'",', b",", 1)
    cells, lines, broken = read(b"\r\n".join(data), 25)
    assert sorted([*lines, *broken]) == list(range(1, 81))
    assert broken == [31, 32]
    assert len(cells) == 78


def test_an_open_mark_in_a_long_file_costs_one_row() -> None:
    scene = samples.Scene(users=2000)
    data = content(Kind.ACTUAL, scene)
    data = data[:-600] + data[-600:].replace(b'",', b",", 1)
    begun = data.replace(b'"', b"", 1)
    for spoilt in (data, begun):
        assert len(read(spoilt, 25)[0]) >= 2000 * scene.lines - 1


def test_a_line_without_end_is_no_such_file() -> None:
    with pytest.raises(LineTooLongError):
        read(b"1," * rows.LONGEST_LINE, 25)


def test_a_text_over_very_many_lines_is_one_text() -> None:
    sheet_rows = list(samples.rows(layout(Kind.PLAN3)))
    sheet_rows[1][5] = "\r\n".join(["試験の行"] * (rows.LONGEST_ROW - 10))
    assert read(raw(Kind.PLAN3, sheet_rows), 13)[0] == sheet_rows
    report = check({name_of(Kind.PLAN3): raw(Kind.PLAN3, sheet_rows)})
    assert report.rows == len(sheet_rows)
