"""権限の見直し: the sheet, the sign-off, and the sheets of before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kiban.staff.errors import StaffError
from kiban.staff.models import RightsReview
from kiban.staff.review import rights_review
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.forms import WarekiField
from kiban.web.request import SignedInRequest


class SignOffForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    looked = forms.BooleanField(label="全員の職種・区分・期間を見て、いまの仕事に合っていることを確かめました")
    note = forms.CharField(
        label="気づいたこと",
        max_length=500,
        required=False,
        help_text="直したこと、これから直すことがあれば書きます。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_on = WarekiField(label="次の見直しの日")


@administrator
@require_http_methods(["GET", "POST"])
def review(request: SignedInRequest) -> HttpResponse:
    """Everybody's rights now; signing them off."""
    content = rights_review.now(request.organisation)
    today = timezone.localdate()
    initial = {"seen": rights_review.digest(content), "next_on": rights_review.months_after(today)}
    form = SignOffForm(request.POST or None, initial=initial)
    if form.is_valid():
        entered = form.cleaned_data
        try:
            made = rights_review.sign_off(
                entered["seen"],
                by=request.employment,
                note=entered["note"],
                next_on=entered["next_on"],
            )
        except StaffError as error:
            again = {**request.POST.dict(), "seen": initial["seen"], "looked": ""}
            form = SignOffForm(again)
            form.add_error(None, str(error))
        else:
            messages.success(request, "見直しを記録しました。")
            return redirect("staff:past-rights-review", made.pk)
    context = {
        "people": _people(content),
        "findings": content["findings"],
        "form": form,
        "due_on": rights_review.due_on(request.organisation),
        "today": today,
        "past": RightsReview.objects.filter(organisation=request.organisation)
        .select_related("reviewed_by")
        .order_by("-reviewed_at"),
    }
    return form_page(request, "staff/rights_review.html", context, form)


@administrator
@require_safe
def past(request: SignedInRequest, pk: int) -> HttpResponse:
    """A review as it was signed off."""
    made = get_object_or_404(
        RightsReview.objects.select_related("reviewed_by"), pk=pk, organisation=request.organisation
    )
    context = {"review": made, "people": _people(made.content)}
    return render(request, "staff/rights_review_past.html", context)


def _people(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Everybody of a review, with days as days."""
    return [
        {
            **person,
            "starts_on": date.fromisoformat(person["from"]),
            "last_day": person["last_day"] and date.fromisoformat(person["last_day"]),
            "last_sign_in": person["last_sign_in"] and datetime.fromisoformat(person["last_sign_in"]),
        }
        for person in content["people"]
    ]
