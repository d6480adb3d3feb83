"""月の状況: with each office, what was sent and came, and who has still to send."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kiban.exchange.boxes.words import month_title
from kiban.exchange.month import offices
from kiban.exchange.month.calendar import Calendar, month_before, worked_on
from kiban.exchange.pages.getters import month_of, participant_of
from kiban.web.request import SignedInRequest


@require_GET
def month(request: SignedInRequest, month: str = "") -> HttpResponse:
    """The month with each office in numbers; without one in the address, the one that is worked on now."""
    participant = participant_of(request)
    today = timezone.localdate()
    calendar = Calendar(month_of(month) if month else worked_on(today), today)
    shown = f"{calendar.month:%Y%m}"
    pairs = offices.of_month(participant, shown)
    context = {
        "place": "month",
        "month": shown,
        "title": month_title(shown),
        "before": f"{month_before(calendar.month):%Y%m}",
        "after": f"{calendar.following:%Y%m}",
        "calendar": calendar,
        "pairs": pairs,
        "to_send": sum(office.to_send for office in pairs),
        "to_come": [office for office in pairs if office.to_come],
        "settled": sum(office.is_settled for office in pairs),
    }
    return render(request, "exchange/month.html", context)
