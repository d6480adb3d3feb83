"""予定表: a month on a page, and as a file for another calendar."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kiban.home import month as months
from kiban.terms.months import month_after
from kiban.web.request import SignedInRequest, visitor


@require_GET
def month(request: SignedInRequest) -> HttpResponse:
    """What ends and is due in a month (``?month=YYYYMM``; this one)."""
    today, asking = timezone.localdate(), visitor(request)
    first = months.first_of(request.GET.get("month", ""), today)
    context = {
        "first": first,
        "before": first - dt.timedelta(days=1),
        "after": month_after(first),
        "weeks": months.weeks(first, months.dates(asking, first)),
        "today": today,
        "own_only": asking.own_only,
    }
    return render(request, "home/month.html", context)


@require_GET
def month_file(request: SignedInRequest) -> HttpResponse:
    """The month as iCalendar: how many on a day, nobody's name."""
    first = months.first_of(request.GET.get("month", ""), timezone.localdate())
    text = months.file_of(months.dates(visitor(request), first), timezone.now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="kaigo-{first:%Y%m}.ics"'
    return answer
