"""今日: the page a person begins the day with."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kiban.exchange import notices as exchange_notices
from kiban.home import due
from kiban.home import lines as home_lines
from kiban.viewing import worklist
from kiban.web import notices
from kiban.web.request import SignedInRequest

SHOWN_TODAY = 20


@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    """今日: what must I do, and by when?"""
    caller, purpose = request.caller, request.purpose
    organisation = request.organisation
    found = worklist.people(caller, purpose, sort="valid_to", limit=worklist.ALL)
    lines = home_lines.pressing_first(
        [
            *home_lines.certification(found.rows),
            *home_lines.numbers(due.own(caller, purpose), administrator=request.frame.is_administrator),
            *exchange_notices.own(caller, organisation),
            *notices.collect(organisation, administrator=request.frame.is_administrator),
        ]
    )
    return render(
        request,
        "home/today.html",
        {
            "today": timezone.localdate(),
            "days_to_claim": home_lines.days_to_claim(),
            "lines": lines,
            "next_end": worklist.next_end(found.rows),
            "stopped": list(home_lines.stopped(found.rows)),
            "rows": found.rows[:SHOWN_TODAY],
            "total": found.total,
            "is_municipality": organisation.kind == "municipality",
            "first_steps": []
            if found.total or not request.frame.is_administrator
            else home_lines.first_steps(organisation),
        },
    )
