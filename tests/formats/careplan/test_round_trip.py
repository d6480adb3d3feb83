"""What is written is read back the same, and written again byte for byte the same: every kind, awkward characters."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.formats.careplan.layouts import LAYOUTS, V3_2, Kind, Layout, WriteError, layout, read_bytes, write
from kiban.formats.careplan.layouts.characters import VARIANTS, may_stand, odd
from tests.formats.careplan.making import rows_of
from tests.formats.careplan.values import values


@st.composite
def tables(draw: st.DrawFn, of_kind: Layout) -> list[list[str]]:
    """Rows of the sample with other values in some places, often blank ones."""
    rows = rows_of(of_kind.kind)[: draw(st.integers(1, 4))]
    for row in rows:
        for column in draw(st.lists(st.sampled_from(of_kind.columns[1:]), max_size=8)):
            row[column.no - 1] = draw(values(column.form, column.name))
    return rows


@pytest.mark.parametrize("kind", LAYOUTS, ids=lambda kind: kind.value)
@settings(max_examples=40)
@given(data=st.data())
def test_every_kind_byte_for_byte(kind: Kind, data: st.DataObject) -> None:
    declared = layout(kind)
    rows = data.draw(tables(declared))
    written = write(declared, rows)
    document = read_bytes(written, kind=kind)
    assert [list(row) for row in document.rows] == rows
    assert (document.left_out, document.variants) == ([], set())
    assert write(declared, document.rows) == written


@settings(max_examples=40)
@given(data=st.data())
def test_quoting_agrees_with_csv_where_both_quote(data: st.DataObject) -> None:
    """The csv module reads what is written here; and what it writes with everything quoted is read here."""
    declared = layout(Kind.PLAN2)
    rows = data.draw(tables(declared))
    assert list(csv.reader(io.StringIO(write(declared, rows).decode("cp932"), newline=""), strict=True)) == rows
    for quoting in (csv.QUOTE_ALL, csv.QUOTE_MINIMAL):
        file = io.StringIO(newline="")
        csv.writer(file, quoting=quoting).writerows(rows)
        document = read_bytes(file.getvalue().encode("cp932"), kind=Kind.PLAN2)
        assert [list(row) for row in document.rows] == rows


@settings(max_examples=40)
@given(rows=tables(layout(Kind.PLAN1)))
def test_lines_are_where_the_rows_begin(rows: list[list[str]]) -> None:
    document = read_bytes(write(layout(Kind.PLAN1), rows), kind=Kind.PLAN1)
    expected, line = [], 1
    for row in rows:
        expected.append(line)
        text = "".join(row)
        line += 1 + len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1
    assert document.lines == expected


def test_the_plainest_form_is_written() -> None:
    declared = layout(Kind.PLAN1_DELETE)
    assert write(declared, [["202407", "131136", "H000000001", "20260925"]]) == b"202407,131136,H000000001,20260925\r\n"
    row = [""] * 13
    row[:3] = ["202407", "131136", "0000000001"]
    row[5], row[6] = '散歩,"公園"\r\nまで', "1"
    assert write(layout(Kind.PLAN3), [row]) == (
        '202407,131136,0000000001,,,"散歩,""公園""\r\nまで",1,,,,,,\r\n'.encode("cp932")
    )


@pytest.mark.parametrize(
    ("char", "at"),
    [("𠮷", 3), ("鷗", 3), ("\ue000", 3), ("⽯", 3), ("\u0000", 3), ("\udc81", 3), ("¥", 3), ("\xa0", 3)],
)
def test_a_character_that_cannot_be_written_is_named_with_its_place(char: str, at: int) -> None:
    rows = rows_of(Kind.PLAN1)
    rows[1][7] = f"試験{char}子"
    with pytest.raises(WriteError) as caught:
        write(layout(Kind.PLAN1), rows)
    error = caught.value
    assert (error.row, error.column, error.column_name, error.at) == (2, 8, "居宅サービス計画作成者氏名", at)
    assert "試験" not in str(error)


@pytest.mark.parametrize("char", VARIANTS)
def test_a_sign_with_another_number_is_written_as_the_one_ms932_has(char: str) -> None:
    rows = rows_of(Kind.PLAN1)[:1]
    rows[0][21] = f"9時{char}10時"
    document = read_bytes(write(layout(Kind.PLAN1), rows), kind=Kind.PLAN1)
    assert document.rows[0][21] == f"9時{VARIANTS[char]}10時"


def test_of_all_characters_only_the_variants_come_back_as_others() -> None:
    others = {
        char
        for char in map(chr, range(0x20, 0x10000))
        if may_stand(char) and char.encode("cp932").decode("cp932") != char
    }
    assert others == VARIANTS.keys()
    assert [(found.at, found.char) for found in odd("髙﨑①鷗～𠮷〜")] == [(4, "鷗"), (6, "𠮷")]


@pytest.mark.parametrize(
    ("change", "column"),
    [({0: "202208"}, 1), ({12: "13700,0010"}, 13), ({16: '1"'}, 17), ({18: "2026\n0401"}, 19)],
)
def test_what_would_not_be_read_back_is_not_written(change: dict[int, str], column: int) -> None:
    rows: Any = rows_of(Kind.PLAN1)
    for at, value in change.items():
        rows[0][at] = value
    with pytest.raises(WriteError) as caught:
        write(layout(Kind.PLAN1), rows)
    assert caught.value.column == column


def test_v3_2_is_never_written() -> None:
    for declared in V3_2.values():
        with pytest.raises(ValueError, match="旧版"):
            write(declared, [])
