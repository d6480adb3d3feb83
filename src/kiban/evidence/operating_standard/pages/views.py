"""運営基準の記録: the month of the office's persons, a person's months, entering what was done, taking it back.

The gate decides whose these are: for an office that does not make the person's plan the pages do not exist.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from kiban.evidence.operating_standard import acts, standing
from kiban.evidence.operating_standard.facts import State
from kiban.evidence.operating_standard.months import GAPS_FROM, month_before, shows_gaps
from kiban.evidence.operating_standard.pages.access import get_entry, get_fact, get_standing, refusal
from kiban.evidence.operating_standard.pages.forms import RecordForm
from kiban.evidence.operating_standard.requirements import SOURCES, Requirement
from kiban.evidence.operating_standard.vocabulary import ENTRIES
from kiban.facts.pages.mistake import mistake_page
from kiban.terms.months import month_after
from kiban.terms.wareki import to_wareki
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

FIRST_MONTH = dt.date(2024, 4, 1)  # the rules are those of the amendment of 2024
DONE = "「{}」を入力しました。"
SAME = "「{}」は、同じ内容でもう入力されています。"
MEANING = "この記録はなかったことになり、どの月の証明にも使われません。"


@require_GET
def month_list(request: SignedInRequest) -> HttpResponse:
    """The month of everybody whose plan the office makes, gaps first. ``?month=2026-11``, ``?whose=own``."""
    month, today = _month_asked(request), timezone.localdate()
    own_only = _own_only(request)
    people = standing.of_month(request.caller, request.purpose, month, own_only=own_only)
    if people is None:
        raise Http404
    rows = sorted(((one, one.month(month, today)) for one in people), key=lambda row: row[1].weight)
    counted = Counter(state for _, found in rows for state in {cell.state for cell in found.cells})
    context = {
        "month": month,
        "before": month_before(month) if month > FIRST_MONTH else None,
        "after": month_after(month) if month < standing.this_month() else None,
        "own_only": own_only,
        "rows": rows,
        "requirements": list(Requirement),
        "counted": [(state, counted[state]) for state in (State.MISSING, State.UNKNOWN) if counted[state]],
        "gaps_from": None if shows_gaps(month, today) else month.replace(day=GAPS_FROM),
    }
    return render(request, "evidence/standard_month.html", context)


@require_GET
def person(request: SignedInRequest, key: int) -> HttpResponse:
    """A person's months, and one of them in full: what proves each requirement, or what is lacking."""
    found, today = get_standing(request, key), timezone.localdate()
    months = found.months(today)
    chosen = next((one for one in months if one.month == _month_asked(request)), months[0] if months else None)
    context = {
        "key": key,
        "standing": found,
        "months": months,
        "chosen": chosen,
        "requirements": list(Requirement),
        "entries": ENTRIES.values(),
        "sources": [(one, SOURCES[one]) for one in Requirement],
    }
    return render(request, "evidence/standard_person.html", context)


@require_http_methods(["GET", "POST"])
def record(request: SignedInRequest, key: int, entry: str) -> HttpResponse:
    """Enter what was done on a day."""
    asked = get_entry(entry)
    found = get_standing(request, key)
    form = RecordForm(asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = acts.record(request.caller, key, request.purpose, asked.kind, **form.entered())
        if answer in ("ok", "same"):
            messages.success(request, (DONE if answer == "ok" else SAME).format(asked.label))
            return redirect(_page_of(key, form.cleaned_data["on"]))
        form.add_error(_field_of(answer), refusal(answer))
    context = {"key": key, "standing": found, "entry": asked, "form": form}
    return form_page(request, "evidence/standard_record.html", context, form)


@require_http_methods(["GET", "POST"])
def mistake(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """登録のまちがい: what was entered never was so."""
    found, fact = get_fact(request, key, number)
    what = f"{fact.what}({to_wareki(fact.on)})"

    def take_back(reason: str) -> str:
        answer = acts.correct(request.caller, key, request.purpose, number, reason=reason)
        return "" if answer == "ok" else refusal(answer)

    back = reverse("evidence:standard-person", args=[key])
    return mistake_page(
        request,
        name=found.name,
        what=what,
        meaning=MEANING,
        back=back,
        take_back=take_back,
        done=f"「{what}」を、登録のまちがいとして取り消しました。",
        then=_page_of(key, fact.on),
    )


def _own_only(request: SignedInRequest) -> bool:
    """As asked in the address; else as the account's lists begin."""
    whose = request.GET.get("whose", "")
    return whose == "own" if whose in ("own", "all") else request.account.begins_with_own


def _month_asked(request: SignedInRequest) -> dt.date:
    """The month in the address (``?month=2026-11``); where there is none, or none that can be, this one."""
    this_month = standing.this_month()
    try:
        month = dt.datetime.strptime(request.GET.get("month", ""), "%Y-%m").date()  # noqa: DTZ007 - a month, no moment
    except ValueError:
        return this_month
    return month if FIRST_MONTH <= month <= this_month else this_month


def _page_of(key: int, day: dt.date) -> str:
    return f"{reverse('evidence:standard-person', args=[key])}?month={day:%Y-%m}"


def _field_of(answer: str) -> str | None:
    return {"standard:bad_day": "on", "standard:bad_record_day": "written_on"}.get(answer)
