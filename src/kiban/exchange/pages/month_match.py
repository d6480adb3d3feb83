"""突合 of what was exchanged: a month of the boxes, no files to choose."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from kiban.exchange.month import in_force, ledgers
from kiban.exchange.month import sheet as month_sheet
from kiban.exchange.month.asking import offices_to_ask
from kiban.exchange.month.calendar import Calendar, month_before
from kiban.exchange.month.sheet import Sheet
from kiban.exchange.pages.getters import month_of, participant_of
from kiban.formats.careplan.claims import NOTHING, early
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.registry.numbers import insured_key
from kiban.web.request import SignedInRequest


@dataclass(frozen=True)
class DifferingUser:
    """A user's calendar with the offices (number, name) a question about it can go to."""

    sheet: Sheet
    key: int
    offices: list[tuple[str, str]]


@sensitive_variables()
@require_GET
def month_match(request: SignedInRequest, month: str = "") -> HttpResponse:
    """予定 and 実績 of a month as they are in force now (``?month=YYYYMM``; last month when none is asked for)."""
    participant = participant_of(request)
    today = timezone.localdate()
    wanted = month or request.GET.get("month", "")
    calendar = Calendar(month_of(wanted) if wanted else month_before(today), today)
    month = f"{calendar.month:%Y%m}"
    exchanged = in_force.of_month(participant, month)
    matched = exchanged.matched()
    known = ledgers.of_month(participant, month, matched.offices) if exchanged.units else NOTHING
    likely = early(exchanged.planned, exchanged.done, exchanged.benefits, exchanged.users, known)
    own_number = request.organisation.number
    context = {
        "month": month,
        "title": month_in_words(month),
        "before": f"{month_before(calendar.month):%Y%m}",
        "after": f"{calendar.following:%Y%m}",
        "users": len(matched.months),
        "differing": len(matched.differing),
        "rows": [
            DifferingUser(
                sheet, insured_key(sheet.insurer, sheet.number), offices_to_ask(differing, matched, own_number)
            )
            for sheet, differing in zip(month_sheet.sheets(matched), matched.differing, strict=False)
        ],
        **month_sheet.warnings(likely, matched.names),
        "waiting": sorted(matched.offices.get(number, number) for number in matched.waiting.get(month, ())),
    }
    return render(request, "exchange/month_match.html", context)
