"""Months as their first days, and from which day on a gap of the month is shown."""

from __future__ import annotations

import datetime as dt

from kiban.terms.months import month_after

GAPS_FROM = 20  # day of the month: before it there is still time, and a gap says nothing


def month_of(day: dt.date) -> dt.date:
    """The first of the month of a day."""
    return day.replace(day=1)


def month_before(month: dt.date) -> dt.date:
    """The first of the month before."""
    return (month - dt.timedelta(days=1)).replace(day=1)


def shows_gaps(month: dt.date, today: dt.date) -> bool:
    """Whether what is lacking in a month is called lacking on that day; before, it is still to come."""
    this_month = month_of(today)
    return month < this_month or (month == this_month and today.day >= GAPS_FROM)


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """From the month of ``first`` to the month of ``last``, both with."""
    found, month = [], month_of(first)
    while month <= last:
        found.append(month)
        month = month_after(month)
    return found
