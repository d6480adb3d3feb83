"""今日: the page a person begins the day with."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kiban.home import lines
from kiban.terms.claims import CLAIM_BY
from kiban.web.request import SignedInRequest, visitor_of


@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    """今日: what must I do, and by when?"""
    visitor = visitor_of(request)
    assert visitor is not None  # noqa: S101 - the page is for who is signed in
    page = lines.page(visitor)
    context = {
        "today": timezone.localdate(),
        "days_to_claim": days_to_claim(timezone.localdate()),
        "due": page.due,
        "stopped": page.stopped,
        "ahead": page.ahead,
        "panels": page.panels,
        "first_steps": page.first_steps,
        "acts": page.acts,
    }
    return render(request, "home/today.html", context)


def days_to_claim(today: dt.date) -> int:
    """Days until the next 10th, by which claims go in."""
    month = today if today.day <= CLAIM_BY else (today.replace(day=1) + dt.timedelta(days=32))
    return (month.replace(day=CLAIM_BY) - today).days
