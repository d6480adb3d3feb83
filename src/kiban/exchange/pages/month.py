"""月の状況: with each office, what was sent and came, and who has still to send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.words import month_title
from kiban.exchange.pages.boxes import seat_of
from kiban.web.request import SignedInRequest

ACTUALS_BY, CLAIM_BY = 5, 10  # days of the month after
LOOKED_BACK = 15  # until this day it is last month that is looked at


@dataclass(frozen=True)
class Pair:
    """A month with one other office.

    Attributes:
        schedules_out, schedules_in, actuals_out, actuals_in: users whose 利用票 or 実績 hold, sent or received.
        to_send, to_come: users whose 実績 this office has still to send, or waits for.
    """

    number: str
    name: str
    schedules_out: int
    schedules_in: int
    actuals_out: int
    actuals_in: int
    to_send: int
    to_come: int
    unread: int
    errors: int

    @property
    def is_settled(self) -> bool:
        """Nothing is left to do, on either side."""
        return not (self.to_send or self.to_come or self.unread or self.errors)

    @property
    def order(self) -> tuple[bool, bool, str]:
        """What this office has to do itself comes first, then what it waits for."""
        return not (self.errors or self.unread or self.to_send), not self.to_come, self.number


@dataclass(frozen=True)
class Calendar:
    """Where a month stands on a day: its 実績 go until the 5th of the next one, its claims until the 10th."""

    month: dt.date  # the first of it
    today: dt.date

    @property
    def following(self) -> dt.date:
        """The first of the month after."""
        return (self.month + dt.timedelta(days=32)).replace(day=1)

    @property
    def actuals_by(self) -> dt.date:
        return self.following.replace(day=ACTUALS_BY)

    @property
    def claim_by(self) -> dt.date:
        return self.following.replace(day=CLAIM_BY)

    @property
    def is_over(self) -> bool:
        """Whether its services are all given, so that 実績 can be late."""
        return self.today >= self.following

    @property
    def words(self) -> str:
        """What is to be done now."""
        by = f"{self.following.month}月{ACTUALS_BY}日"
        if self.today < self.following:
            return f"実績は、{self.following.month}月1日から{by}までに、ケアマネジャーに送ります。"
        if self.today <= self.actuals_by:
            left = (self.actuals_by - self.today).days
            return f"実績を送る期間です。{by}まで{_left(left)}。"
        if self.today <= self.claim_by:
            left = (self.claim_by - self.today).days
            return f"実績をそろえ、予定と違うところを確かめる期間です。10日の請求まで{_left(left)}。"
        return "10日の請求は過ぎました。まだのものは、次の月に請求する(月遅れ)ことになります。"


def _left(days: int) -> str:
    return f"あと{days}日です" if days else "、今日までです"


@require_GET
def month(request: SignedInRequest, month: str = "") -> HttpResponse:
    """The month with each office in numbers; without one in the address, the one that is worked on now."""
    seat = seat_of(request)
    today = timezone.localdate()
    first = _first(month) if month else worked_on(today)
    calendar = Calendar(first, today)
    pairs = sorted(_pairs(acts.month(seat, f"{first:%Y%m}")), key=lambda pair: pair.order)
    context = {
        "place": "month",
        "month": f"{first:%Y%m}",
        "title": month_title(f"{first:%Y%m}"),
        "before": f"{first - dt.timedelta(days=1):%Y%m}",
        "after": f"{calendar.following:%Y%m}",
        "calendar": calendar,
        "pairs": pairs,
        "to_send": sum(pair.to_send for pair in pairs),
        "to_come": [pair for pair in pairs if pair.to_come],
        "settled": sum(pair.is_settled for pair in pairs),
    }
    return render(request, "exchange/month.html", context)


def worked_on(today: dt.date) -> dt.date:
    """The first of the month most work is about: last month until its claims are through."""
    first = today.replace(day=1)
    return (first - dt.timedelta(days=1)).replace(day=1) if today.day <= LOOKED_BACK else first


def _first(month: str) -> dt.date:
    """The first of YYYYMM. Raises Http404 for what is no month of our time."""
    if not (month.isascii() and month.isdecimal() and len(month) == len("YYYYMM")):
        raise Http404
    year, number = int(month[:4]), int(month[4:])
    if not (2000 <= year <= 2099 and 1 <= number <= 12):
        raise Http404
    return dt.date(year, number, 1)


def _pairs(offices: Iterable[Mapping[str, Any]]) -> list[Pair]:
    return [
        Pair(
            number=one["number"],
            name=one["name"],
            schedules_out=one["schedules_out"],
            schedules_in=one["schedules_in"],
            actuals_out=one["actuals_out"],
            actuals_in=one["actuals_in"],
            to_send=one["they_wait"],
            to_come=one["we_wait"],
            unread=one["unread"],
            errors=one["errors"],
        )
        for one in offices
    ]
