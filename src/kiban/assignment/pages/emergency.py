"""緊急時の閲覧: off by default, with a reason, for some hours, and always looked through afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.assignment import emergencies, emergency_mail
from kiban.assignment.pages.forms import EmergencyForm, ReviewForm
from kiban.assignment.words import missed
from kiban.registry.models import Organisation
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest

VERDICTS = dict(ReviewForm.base_fields["verdict"].choices)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def open_emergency(request: SignedInRequest) -> HttpResponse:
    """Open one person without assignment or consent, where insurer and office allow it."""
    organisation = request.organisation
    if organisation.kind == Organisation.Kind.MUNICIPALITY:
        raise Http404
    form = EmergencyForm(request.POST or None)
    is_on = emergencies.is_on(organisation)
    if request.method == "POST" and is_on and form.is_valid():
        items = form.items()
        assert items is not None  # noqa: S101 - the form requires all four
        result, key = emergencies.open_person(
            request.caller, request.purpose, items, reason=form.cleaned_data["reason"]
        )
        if result == "ok" and key is not None:
            emergency_mail.tell(organisation, items.insurer_no)
            messages.warning(request, "緊急時の閲覧として開きました。管理者と市町村に知らされます。")
            return redirect("viewing:person", key)
        form.add_error(None, missed(result))
    context = {"form": form, "is_on": is_on, "rules": emergencies.rules()}
    return render(request, "assignment/emergency_open.html", context, status=200 if not form.errors else 400)


@administrator
@require_GET
def emergency_list(request: SignedInRequest) -> HttpResponse:
    """What was opened so, what is still to be looked through, and the switch."""
    organisation = request.organisation
    rows = [_row(entry) for entry in emergencies.opened(request.caller, request.purpose)]
    context = {
        "pending": [row for row in rows if not row["reviewed_at"]],
        "reviewed": [row for row in rows if row["reviewed_at"]],
        "is_municipality": organisation.kind == Organisation.Kind.MUNICIPALITY,
        "is_on": emergencies.is_on(organisation),
        "rules": emergencies.rules(),
    }
    return render(request, "assignment/emergencies.html", context)


@administrator
@require_http_methods(["GET", "POST"])
def review(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """Sign off one opening, never one's own."""
    rows = [_row(entry) for entry in emergencies.opened(request.caller, request.purpose)]
    found = next((row for row in rows if row["key"] == key and row["number"] == number), None)
    if found is None:
        raise Http404
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        result = emergencies.review(
            request.caller, key, request.purpose, number, verdict=data["verdict"], note=data["note"]
        )
        if result == "ok":
            messages.success(request, "確かめたことを登録しました。")
            return redirect("assignment:emergencies")
        form.add_error(None, missed(result))
    context = {"row": found, "form": form}
    return render(request, "assignment/emergency_review.html", context, status=200 if not form.errors else 400)


@administrator
@require_POST
def switch(request: SignedInRequest) -> HttpResponse:
    """The organisation's own switch."""
    if request.organisation.kind == Organisation.Kind.MUNICIPALITY:
        raise Http404
    on = request.POST.get("on") == "1"
    if emergencies.switch(request.caller, request.purpose, on=on) == "ok":
        messages.success(
            request, "緊急時の閲覧を使うようにしました。" if on else "緊急時の閲覧を使わないようにしました。"
        )
    return redirect("assignment:emergencies")


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    review_by = dt.date.fromisoformat(entry["review_by"])
    return {
        **entry,
        "opened_at": dt.datetime.fromisoformat(entry["opened_at"]),
        "ends_at": dt.datetime.fromisoformat(entry["ends_at"]),
        "reviewed_at": entry["reviewed_at"] and dt.datetime.fromisoformat(entry["reviewed_at"]),
        "review_by": review_by,
        "days_left": (review_by - timezone.localdate()).days,
        "verdict": VERDICTS.get(entry["verdict"] or "", ""),
    }
