"""The days of the month after by which 実績 and claims are in (請求: until the 10th, to 国保連)."""

from __future__ import annotations

import datetime as dt

from kiban.terms.months import month_after

ACTUALS_BY, CLAIM_BY = 5, 10


def coming_claim_day(today: dt.date) -> dt.date:
    """The 10th an office is working towards: this month's until it has passed, then the next month's."""
    return (today if today.day <= CLAIM_BY else month_after(today)).replace(day=CLAIM_BY)
