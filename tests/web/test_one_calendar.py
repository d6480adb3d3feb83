"""Days and months are written in 和暦 by one home: ``terms/wareki.py`` and the filters made of it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.terms.wareki import to_wareki_month_full
from kiban.web.templatetags import kiban as filters

SOURCE = Path(__file__).parents[2] / "src" / "kiban"
# The others: days and years that are not known.
HOMES = {SOURCE / "terms" / "wareki.py", SOURCE / "terms" / "partial_days.py", SOURCE / "records" / "fields.py"}
BY_HAND = re.compile(r"\|date:\"[^\"]*[YnmjHd年月日]|\}年\{|%Y年|%-?m月")


def test_no_template_and_no_module_writes_a_year_of_its_own():
    written = [path for pattern in ("*.html", "*.py", "*.txt") for path in SOURCE.rglob(pattern) if path not in HOMES]
    assert len(written) > 300
    found = [
        f"{path.relative_to(SOURCE)}:{number}"
        for path in written
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if BY_HAND.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("year", "month", "words"),
    [
        (2026, 10, "令和8年10月(2026年)"),
        (2019, 4, "平成31年4月(2019年)"),
        (2019, 5, "令和元年5月(2019年)"),
        (1989, 1, "平成元年1月(1989年)"),
        (1860, 1, "1860年1月"),
    ],
)
def test_a_month_in_words(year, month, words):
    assert to_wareki_month_full(year, month) == words
    assert filters.wareki_month_full(dt.date(year, month, 1)) == words
    assert filters.wareki_month(dt.date(year, month, 1)) == words.partition("(")[0]


def test_the_month_of_a_file_in_words():
    assert (month_in_words("202610"), month_in_words("")) == ("令和8年10月(2026年)", "")
