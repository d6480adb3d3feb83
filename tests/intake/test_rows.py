"""Rows of CSV: the standard's rows for clean files, and for dirty ones the neighbours of a bad line survive."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.intake import rows as reading

CELLS = st.text(st.sampled_from('ab"\n\r,あ 1'), max_size=6)


def read(text: str, width: int = 3) -> list[tuple[int, Any]]:
    return list(reading.rows(io.StringIO(text, newline=""), width))


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8), st.sampled_from(["\r\n", "\n"]))
@settings(max_examples=300, deadline=None)
def test_clean_files_come_back_whole(table: list[list[str]], end: str) -> None:
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(table)
    found = read(out.getvalue())
    assert [cells for _, cells in found] == [cells for cells in table if any(map(str.strip, cells))]
    lines = io.StringIO(out.getvalue(), newline="").readlines()
    assert all(lines[number - 1].startswith(cells[0][:1]) or '"' in lines[number - 1] for number, cells in found)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    "bad",
    ['b,"open,3', 'b,2,"', '"b,2,3', 'b,"x"y,3,4,5"'],
)
def test_an_unclosed_quotation_mark_costs_one_line(bad: str, end: str) -> None:
    lines = ["a,1,2", bad, "c,1,2", 'd,"1,5",2', "e,1,2"]
    found = read(end.join(lines) + end)
    good = {number: cells for number, cells in found if cells is not None and len(cells) == 3}
    assert good == {1: ["a", "1", "2"], 3: ["c", "1", "2"], 4: ["d", "1,5", "2"], 5: ["e", "1", "2"]}
    assert 2 in [number for number, _ in found]


def test_an_unclosed_mark_in_the_last_line() -> None:
    assert read('a,1,2\nb,"1,2\n') == [(1, ["a", "1", "2"]), (2, None)]


def test_empty_lines_are_passed_over_and_counted() -> None:
    assert read("a,1,2\n\n\nb,1,2\n") == [(1, ["a", "1", "2"]), (4, ["b", "1", "2"])]


def test_a_mark_that_never_closes_in_a_large_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK", 100)
    text = '",1,2\n' + "".join(f"{number},1,2\n" for number in range(2000)) + '"x",1,2\n'
    found = read(text)
    assert found[0] == (1, None)
    assert [cells for _, cells in found[1:]] == [*([str(number), "1", "2"] for number in range(2000)), ["x", "1", "2"]]
