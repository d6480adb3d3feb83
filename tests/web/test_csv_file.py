"""A table as a file: what a spreadsheet would calculate stays text."""

from __future__ import annotations

import csv
import io

import pytest

from kiban.web.csv_file import csv_file, plain


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_is_a_formula(cell):
    assert plain(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["試験 花子", "", "1割", "髙橋 𠮷男", "3-1", 5])
def test_what_is_none_stays_as_it_is(cell):
    assert plain(cell) == str(cell)


def test_the_file_is_read_as_it_was_written():
    answer = csv_file("利用者", ("氏名", "数"), [('試験, "花子"', 3), ("=x", None)])
    assert answer.content.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [["氏名", "数"], ['試験, "花子"', "3"], ["'=x", ""]]
    assert "attachment" in answer["Content-Disposition"]
