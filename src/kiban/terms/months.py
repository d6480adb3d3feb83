"""Months as their first days."""

from __future__ import annotations

import datetime as dt


def month_after(day: dt.date) -> dt.date:
    """The first of the month after that of ``day``."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
