"""The day by which claims are in, and the month after a day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.terms.claims import coming_claim_day
from kiban.terms.months import month_after

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2099, 1, 1))


@pytest.mark.parametrize(
    ("today", "tenth"),
    [
        (dt.date(2026, 11, 10), dt.date(2026, 11, 10)),
        (dt.date(2026, 11, 11), dt.date(2026, 12, 10)),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 10)),
        (dt.date(2028, 1, 31), dt.date(2028, 2, 10)),
    ],
)
def test_the_coming_tenth(today, tenth):
    assert coming_claim_day(today) == tenth


@given(DAYS)
def test_the_coming_tenth_is_the_first_one_not_over(today):
    tenth = coming_claim_day(today)
    assert tenth.day == 10
    assert all((today + dt.timedelta(days=number)).day != 10 for number in range((tenth - today).days))


@given(DAYS)
def test_the_month_after_is_the_next_first_day(day):
    first = month_after(day)
    assert first.day == 1 and first > day
    assert all((day + dt.timedelta(days=number)).day != 1 for number in range(1, (first - day).days))
