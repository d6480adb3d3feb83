"""月の状況: with each office, what was sent and came, and who has still to send."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kiban.exchange.month import offices
from kiban.exchange.month.calendar import Calendar, month_before, worked_on
from kiban.exchange.pages.getters import month_of, participant_of
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.web.csv_file import csv_file
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
        "title": month_in_words(shown),
        "before": f"{month_before(calendar.month):%Y%m}",
        "after": f"{calendar.following:%Y%m}",
        "calendar": calendar,
        "pairs": pairs,
        "to_send": sum(office.to_send for office in pairs),
        "to_come": [office for office in pairs if office.to_come],
        "settled": sum(office.is_settled for office in pairs),
    }
    return render(request, "exchange/month.html", context)


FILE_HEAD = (
    "事業所番号",
    "事業所",
    "送った利用票(名)",
    "届いた利用票(名)",
    "送った実績(名)",
    "届いた実績(名)",
    "こちらが実績を送る(名)",
    "相手の実績を待つ(名)",
    "未読(件)",
    "取り込めなかったもの(件)",
)


@require_GET
def month_file(request: SignedInRequest, month: str) -> HttpResponse:
    """The same table as a file (CSV): numbers of persons with each office, nobody's name."""
    participant = participant_of(request)
    shown = f"{month_of(month):%Y%m}"
    rows = [
        (
            office.number,
            office.name,
            office.schedules_out,
            office.schedules_in,
            office.actuals_out,
            office.actuals_in,
            office.to_send,
            office.to_come,
            office.unread,
            office.errors,
        )
        for office in offices.of_month(participant, shown)
    ]
    return csv_file(f"月の状況_{shown}", FILE_HEAD, rows)
