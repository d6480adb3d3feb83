"""Days the tests of 運営基準 speak of, whatever day they run on."""

from __future__ import annotations

import datetime as dt

from kiban.evidence.operating_standard.months import month_before
from kiban.terms.months import month_after
from tests.world import days


def last_month() -> dt.date:
    """Over, so that what it lacks is shown."""
    return month_before(days(0).replace(day=1))


def twentieth_to_come() -> dt.date:
    """The 20th of the next month: nothing is entered of that month yet."""
    return month_after(days(0)).replace(day=20)
