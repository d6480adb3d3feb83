"""和暦 over all dates, and the ways people write it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiban.terms.wareki import (
    ERAS,
    LARGEST_YEAR,
    WarekiError,
    age,
    era_of,
    in_era,
    parse,
    to_wareki,
    to_wareki_full,
    to_western,
)

MEIJI = date(1868, 1, 25)
LAST = date(ERAS[-1].offset + LARGEST_YEAR, 12, 31)
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


@given(st.dates(min_value=MEIJI, max_value=LAST))
def test_every_day_since_meiji_is_read_back_as_written(day: date):
    era = era_of(day)
    short = f"{era.letter}{day.year - era.offset}.{day.month}.{day.day}"
    for text in (to_wareki(day), to_wareki(day).translate(FULL_WIDTH)):
        assert (parse(text).day, parse(text).warning) == (day, "")
    for text in (short, short.lower(), short.translate(FULL_WIDTH), short.replace(".", "/")):
        assert parse(text).day == day


@given(st.dates())
def test_every_day_is_read_back_from_western_writing(day: date):
    for text in (
        day.isoformat(),
        f"{day.year:04}{day:%m%d}",
        f"{day.year:04}/{day.month}/{day.day}",
        f"{day.year:04}年{day.month}月{day.day}日",
    ):
        assert (parse(text).day, parse(text).warning) == (day, "")


@given(st.dates(max_value=MEIJI - timedelta(days=1)))
def test_days_before_meiji_are_written_in_western_years(day: date):
    assert to_wareki(day) == to_wareki_full(day) == to_western(day)


@given(st.dates(min_value=MEIJI))
def test_exactly_one_era_holds_a_day(day: date):
    assert [era for era in ERAS if era.holds(day)] == [era_of(day)]


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(1868, 1, 25), "明治元年1月25日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1940, 3, 2), "昭和15年3月2日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 11, 23), "令和8年11月23日"),
    ],
)
def test_eras_change_on_their_day(day: date, written: str):
    assert to_wareki(day) == written
    assert to_wareki_full(day) == f"{written}({day.year}年)"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("R6.4.1", date(2024, 4, 1)),
        ("令和元年５月１日", date(2019, 5, 1)),
        ("㍼15年3月2日", date(1940, 3, 2)),
        ("昭 15.3.2", date(1940, 3, 2)),
        ("S15-03-02", date(1940, 3, 2)),
        ("S15ー3ー2", date(1940, 3, 2)),
        ("西暦1940年3月2日", date(1940, 3, 2)),
        ("1940.3.2", date(1940, 3, 2)),
        (" 19400302 ", date(1940, 3, 2)),
        ("1940/3/2 0:00", date(1940, 3, 2)),
        ("1940-03-02 00:00:00", date(1940, 3, 2)),
        ("1940-03-02T00:00:00", date(1940, 3, 2)),
        ("1940-03-02T00:00:00.000+09:00", date(1940, 3, 2)),
        ("1940/3/2　００：００", date(1940, 3, 2)),
        ("1940/3/2 午前 0:00:00", date(1940, 3, 2)),
        ("3/2".join(["1940/", " 12:00:00 AM"]), date(1940, 3, 2)),
        ("S15.3.2 0:00:00", date(1940, 3, 2)),
    ],
)
def test_ways_of_writing(text: str, day: date):
    assert parse(text).day == day
    assert not parse(text).warning


@pytest.mark.parametrize(
    ("text", "day", "instead"),
    [
        ("平成31年5月1日", date(2019, 5, 1), "令和元年5月1日"),
        ("昭和64年1月8日", date(1989, 1, 8), "平成元年1月8日"),
        ("令和元年4月1日", date(2019, 4, 1), "平成31年4月1日"),
        ("大正15年12月25日", date(1926, 12, 25), "昭和元年12月25日"),
    ],
)
def test_a_day_outside_its_era_is_taken_with_a_warning_that_names_the_right_one(text: str, day: date, instead: str):
    reading = parse(text)
    assert reading.day == day
    assert instead in reading.warning


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "日付として読めません"),
        ("きのう", "日付として読めません"),
        ("昭和15年3月", "日付として読めません"),
        ("昭和15年2月30日", "1940年2月の日は1から29まで"),
        ("1939-02-29", "1939年2月の日は1から28まで"),
        ("昭和15年13月1日", "月は1から12まで"),
        ("20260001", "月は1から12まで"),
        ("令和2026年1月1日", "令和の年が大きすぎます"),
        ("令和0年1月1日", "元年(1年)から"),
        ("昭和75年1月1日", "昭和は64年までです"),
        ("昭和65年1月1日", "昭和は64年までです"),
        ("S65.3.3", "昭和は64年までです"),
        ("大正20年4月1日", "大正は15年までです"),
        ("明治46年1月1日", "明治は45年までです"),
        ("平成32年4月1日", "平成は31年までです"),
        ("1940/4/1 9:30", "時刻を取って"),
        ("1940-04-01T15:00:00Z", "時刻を取って"),
        ("昭和15年4月1日 12:00", "時刻を取って"),
        ("00000101", "年を確かめて"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(text: str, says: str):
    with pytest.raises(WarekiError, match=re.escape(says)):
        parse(text)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_in_words(text: str):
    try:
        parse(text)
    except WarekiError as error:
        assert str(error).endswith("。")


@given(st.sampled_from(ERAS), st.integers(-5, 12000), st.integers(-1, 14), st.integers(-1, 33))
def test_a_warning_stands_exactly_when_the_era_does_not_hold_the_day(era, year: int, month: int, day: int):
    try:
        reading = in_era(era, year, month, day)
    except WarekiError:
        return
    assert bool(reading.warning) is not era.holds(reading.day)
    assert reading.day == date(era.offset + year, month, day)


@given(st.dates(), st.dates())
def test_age_is_the_number_of_birthdays_lived(birth: date, on: date):
    assume(birth <= on)
    years = age(birth, on)
    assert (birth.year + years, birth.month, birth.day) <= (on.year, on.month, on.day)
    assert (on.year, on.month, on.day) < (birth.year + years + 1, birth.month, birth.day)


def test_age_of_one_born_on_the_leap_day():
    born = date(1940, 2, 29)
    assert (age(born, date(2026, 2, 28)), age(born, date(2026, 3, 1))) == (85, 86)


def test_nobody_has_an_age_before_birth():
    with pytest.raises(ValueError, match="before the birth"):
        age(date(2026, 1, 2), date(2026, 1, 1))
