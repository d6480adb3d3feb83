"""今月で切れる担当: for whom the service goes on, confirmed once a month by an administrator."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kiban.assignment import acts
from kiban.assignment.pages.access import get_office, refusal
from kiban.assignment.words import CAPACITIES, CONTINUED_BY
from kiban.registry.numbers import tail_of
from kiban.web import opaque
from kiban.web.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def lapsing_list(request: SignedInRequest) -> HttpResponse:
    """Whose viewing period ends with this month or the next; ticking them renews it."""
    get_office(request)
    if request.method == "POST":
        return _go_on(request)
    this_month, next_month = _month(0), _month(1)
    ends = _month(2) if request.GET.get("until") == "next" else next_month
    people = [
        {
            **person,
            "token": opaque.encode(person["key"]),
            "tail": tail_of(person["key"]),
            "capacity": CAPACITIES[person["capacity"]],
            "viewing_to": dt.date.fromisoformat(person["viewing_to"]),
            "last_month": person["last_month"] and dt.date.fromisoformat(person["last_month"]),
            "source": CONTINUED_BY.get(person["source"] or "", ""),
        }
        for person in acts.lapsing(request.caller, request.purpose, ends)
    ]
    context = {
        "people": people,
        "is_next": ends != next_month,
        "months": [(month.isoformat(), month) for month in (this_month, _month(-1))],
        "may_confirm": request.employment.is_administering,
    }
    return render(request, "assignment/lapsing.html", context)


def _go_on(request: SignedInRequest) -> HttpResponse:
    keys = [key for token in request.POST.getlist("person") if (key := opaque.decode(token)) is not None]
    try:
        month = dt.date.fromisoformat(request.POST.get("month", ""))
    except ValueError:
        raise Http404 from None
    if not keys:
        messages.error(request, "続ける方に印を付けてから押してください。")
    elif (answer := acts.go_on(request.caller, request.purpose, keys, month)) == "ok":
        messages.success(request, f"{len(keys)}名の担当を続けることを登録しました。")
    elif answer == "role:not_administrator":
        raise PermissionDenied
    else:
        messages.error(request, refusal(answer))
    return redirect("assignment:lapsing")


def _month(ahead: int) -> dt.date:
    """The first day of this month, or of one some months ahead."""
    today = timezone.localdate()
    months = today.year * 12 + today.month - 1 + ahead
    return dt.date(months // 12, months % 12 + 1, 1)
