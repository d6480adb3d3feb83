"""緊急時の閲覧: off by default, with a reason, for some hours, and always looked through afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.assignment import emergencies, emergency_mail
from kiban.assignment.pages.access import refusal
from kiban.assignment.pages.identity_forms import FourItemsForm
from kiban.registry.models import Organisation
from kiban.registry.numbers import tail_of
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

VERDICTS = {"proper": "必要だった", "improper": "必要ではなかった", "unclear": "まだ分からない"}


class EmergencyForm(FourItemsForm):
    """緊急時の閲覧: who, and why now."""

    reason = forms.CharField(
        label="いま開かなければならない理由",
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例: 利用者宅で倒れているのを見つけ、救急隊に服薬と主治医を伝える必要があるため。",
    )
    understood = forms.BooleanField(label="管理者と市町村に知らされ、あとで理由が確かめられることを知っています")


class ReviewForm(forms.Form):
    """What the administrator found when looking through it."""

    verdict = forms.ChoiceField(
        label="判断",
        choices=list(VERDICTS.items()),
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="確かめたこと",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="だれに何を聞いたかを書きます。",
    )


@require_http_methods(["GET", "POST"])
def open_person(request: SignedInRequest) -> HttpResponse:
    """Open one person without assignment or consent, where insurer and office allow it."""
    organisation = _get_organisation(request)
    form = EmergencyForm(request.POST or None)
    is_on = emergencies.is_on(organisation)
    if request.method == "POST" and is_on and form.is_valid():
        items = form.items()
        assert items is not None  # noqa: S101 - the form requires all four
        answer, key = emergencies.open_person(
            request.caller, request.purpose, items, reason=form.cleaned_data["reason"]
        )
        if answer == "ok" and key is not None:
            emergency_mail.notify(organisation, items.insurer_no)
            messages.warning(request, "緊急時の閲覧として開きました。管理者と市町村に知らされます。")
            return redirect("viewing:person", key)
        form.add_error(None, refusal(answer))
    context = {"form": form, "is_on": is_on, "rules": emergencies.rules()}
    return form_page(request, "assignment/emergency_open.html", context, form)


@administrator
@require_GET
def opening_list(request: SignedInRequest) -> HttpResponse:
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
    opening = _get_opening(request, key, number)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        answer = emergencies.review(
            request.caller, key, request.purpose, number, verdict=data["verdict"], note=data["note"]
        )
        if answer == "ok":
            messages.success(request, "確かめたことを登録しました。")
            return redirect("assignment:emergencies")
        form.add_error(None, refusal(answer))
    context = {"row": opening, "form": form}
    return form_page(request, "assignment/emergency_review.html", context, form)


@administrator
@require_POST
def switch(request: SignedInRequest) -> HttpResponse:
    """The organisation's own switch."""
    _get_organisation(request)
    on = request.POST.get("on") == "1"
    if emergencies.switch(request.caller, request.purpose, on=on) == "ok":
        messages.success(
            request, "緊急時の閲覧を使うようにしました。" if on else "緊急時の閲覧を使わないようにしました。"
        )
    return redirect("assignment:emergencies")


def _get_organisation(request: SignedInRequest) -> Organisation:
    """The organisation that may open in an emergency. Raises Http404 for a municipality, which only looks through."""
    if request.organisation.kind == Organisation.Kind.MUNICIPALITY:
        raise Http404
    return request.organisation


def _get_opening(request: SignedInRequest, key: int, number: int) -> dict[str, Any]:
    """One opening the organisation looks through. Raises Http404 for any other."""
    for opening in emergencies.opened(request.caller, request.purpose):
        if opening["key"] == key and opening["number"] == number:
            return _row(opening)
    raise Http404


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    review_by = dt.date.fromisoformat(entry["review_by"])
    return {
        **entry,
        "tail": tail_of(entry["key"]),
        "opened_at": dt.datetime.fromisoformat(entry["opened_at"]),
        "ends_at": dt.datetime.fromisoformat(entry["ends_at"]),
        "reviewed_at": entry["reviewed_at"] and dt.datetime.fromisoformat(entry["reviewed_at"]),
        "review_by": review_by,
        "days_left": (review_by - timezone.localdate()).days,
        "verdict": VERDICTS.get(entry["verdict"] or "", ""),
    }
