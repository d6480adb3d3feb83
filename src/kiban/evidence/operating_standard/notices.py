"""What an office has to see to: from the 20th on, of how many persons no monitoring of the month is entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils import timezone

from kiban.evidence.operating_standard import acts
from kiban.evidence.operating_standard.months import GAPS_FROM
from kiban.ops.room import Notice, Visitor, Workplace
from kiban.terms.months import month_after


def own(visitor: Visitor) -> Iterator[Notice]:
    """Of the visitor's organisation, or of the visitor's own persons. Raises as ``gate.calling.call``."""
    today = timezone.localdate()
    if visitor.organisation.kind == "office" and today.day >= GAPS_FROM:
        yield from lines(acts.own_due(visitor.caller, visitor.purpose, own_only=visitor.own_only), today)


def everywhere(today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
    """Of all organisations, counted once. Needs the worker's rights."""
    counted = acts.all_due(today)
    return lambda workplace: lines(counted.get(workplace.organisation.pk, 0), today)


def lines(number: int, today: dt.date) -> Iterator[Notice]:
    """The one line there is; none where nobody is counted."""
    if number:
        yield Notice(
            f"今月のモニタリングの記録がまだない方 {number}名",
            reverse("evidence:standard"),
            "一覧",
            (month_after(today) - dt.timedelta(days=1) - today).days,
        )
