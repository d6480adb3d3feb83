"""Days of which only a part is known: every way of writing them, and what is said of them."""

from __future__ import annotations

import copy
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.terms import partial_days
from kiban.terms.partial_days import UNKNOWN, Day, PartialDay
from kiban.terms.wareki import SlipError, WarekiError


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19400000", "1940"),
        ("19400400", "1940-04"),
        ("昭和15年不詳", "1940"),
        ("昭和15年4月不詳", "1940-04"),
        ("昭和15年4月日不詳", "1940-04"),
        ("昭和15年月日不詳", "1940"),
        ("昭和15年不詳月不詳日", "1940"),
        ("S15.4", "1940-04"),
        ("昭和１５年", "1940"),
        ("1940", "1940"),
        ("1940-04", "1940-04"),
        ("1940/4/00", "1940-04"),
        ("1940-00-00", "1940"),
        ("1940年4月頃", "1940-04"),
        ("不詳", "unknown"),
        ("不明", "unknown"),
        ("00000000", "unknown"),
        ("昭和64年", "1989"),
    ],
)
def test_ways_of_writing(text: str, day: str) -> None:
    found = partial_days.parse(text)
    assert isinstance(found, PartialDay)
    assert found == day == partial_days.of(day)


@pytest.mark.parametrize("text", ["昭和15年4月1日", "19400401", "1940/4/1 0:00", "S15.4.1"])
def test_whole_days_are_read_as_ever(text: str) -> None:
    assert partial_days.parse(text) == date(1940, 4, 1)


@pytest.mark.parametrize("text", ["昭和70年不詳", "S65", "大正20年4月"])
def test_years_no_era_has(text: str) -> None:
    with pytest.raises(SlipError):
        partial_days.parse(text)


@pytest.mark.parametrize("text", ["", "15年", "1940-13", "19401300", "昭和15年13月", "0000-04", "ふしょう"])
def test_what_cannot_be(text: str) -> None:
    with pytest.raises(WarekiError):
        partial_days.parse(text)


@given(st.text(max_size=14))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        day = partial_days.parse(text)
    except WarekiError as error:
        assert str(error).endswith("。")
    else:
        assert partial_days.in_words(day)


@pytest.mark.parametrize(
    ("day", "words", "age", "digits"),
    [
        (date(1940, 4, 1), "昭和15年4月1日(1940年)", "86", "19400401"),
        (PartialDay("1940-04"), "昭和15年4月(1940年、日は不詳)", "86", "19400400"),
        (PartialDay("1940-11"), "昭和15年11月(1940年、日は不詳)", "85〜86", "19401100"),
        (PartialDay("1940-12"), "昭和15年12月(1940年、日は不詳)", "85", "19401200"),
        (PartialDay("1940"), "昭和15年(1940年、月日は不詳)", "85〜86", "19400000"),
        (UNKNOWN, "不詳", "", "00000000"),
    ],
)
def test_what_is_said_of_it(day: Day, words: str, age: str, digits: str) -> None:
    assert partial_days.in_words(day) == words
    assert partial_days.age(day, date(2026, 11, 30)) == age
    assert partial_days.eight_digits(day) == digits


def test_it_travels_as_text() -> None:
    assert json.dumps({"birth": copy.deepcopy(PartialDay("1940-04"))}) == '{"birth": "1940-04"}'
