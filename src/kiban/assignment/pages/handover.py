"""引き継ぎ between offices that make the plan: offered by the old one, done when the new one has confirmed identity."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.assignment import acts
from kiban.assignment.pages.access import get_assignments_as_office, get_office, refusal
from kiban.assignment.pages.typed import not_past, office_number
from kiban.web.answers import form_page
from kiban.web.forms import NumberField, WarekiField
from kiban.web.request import SignedInRequest


class OfferForm(forms.Form):
    """引き継ぎの申し出."""

    to_number = NumberField(
        label="引き継ぐ先の事業所番号",
        digits=10,
        help_text="10桁。3桁目だけは英字のこともあります。分からないときは「事業所をさがす」で調べます。",
    )
    starts_on = WarekiField(label="引き継ぐ日", help_text="この日から、引き継ぎ先が計画を作ります。")
    note = forms.CharField(
        label="申し送り",
        required=False,
        max_length=200,
        help_text="利用者のお名前や病状は書かないでください。連絡の取り方などを書きます。",
    )

    def clean_to_number(self) -> str:
        return office_number(self.cleaned_data["to_number"])

    def clean_starts_on(self) -> dt.date:
        return not_past(self.cleaned_data["starts_on"])


@require_GET
def offer_list(request: SignedInRequest) -> HttpResponse:
    """What other offices offer to this one; no person is named before this office has confirmed identity itself."""
    get_office(request)
    offers = [
        {
            **offer,
            "starts_on": dt.date.fromisoformat(offer["starts_on"]),
            "offered_at": dt.datetime.fromisoformat(offer["offered_at"]),
        }
        for offer in acts.offers(request.caller, request.purpose)
    ]
    return render(request, "assignment/handovers.html", {"offers": offers})


@require_http_methods(["GET", "POST"])
def offer(request: SignedInRequest, key: int) -> HttpResponse:
    """Name the office that makes the plan from a day on."""
    assignments = get_assignments_as_office(request, key)
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        answer = acts.offer(
            request.caller,
            key,
            request.purpose,
            to_number=data["to_number"],
            starts_on=data["starts_on"],
            note=data["note"],
        )
        if answer == "ok":
            messages.success(
                request, "引き継ぎを申し出ました。引き継ぎ先が本人確認をして登録すると、引き継ぎが終わります。"
            )
            return redirect("assignment:assignment", key)
        form.add_error("to_number" if answer == "assignment:unknown_office" else None, refusal(answer))
    context = {"key": key, "person": assignments.person, "form": form}
    return form_page(request, "assignment/handover_offer.html", context, form)


@require_POST
def withdraw_offer(request: SignedInRequest, key: int) -> HttpResponse:
    """Withdraw the offer this office made."""
    answer = acts.withdraw_offer(request.caller, key, request.purpose)
    if answer != "ok":
        messages.error(request, refusal(answer, not_found=("assignment:none",)))
    else:
        messages.success(request, "引き継ぎの申し出を取りやめました。")
    return redirect("assignment:assignment", key)
