"""引き継ぎ between offices that make the plan: offered by the old one, done when the new one has confirmed identity."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.assignment import acts
from kiban.assignment.pages.forms import OfferForm
from kiban.assignment.words import missed
from kiban.registry.models import Organisation
from kiban.web.request import SignedInRequest


@require_GET
def handovers(request: SignedInRequest) -> HttpResponse:
    """What other offices offer to this one; no person is named before this office has confirmed identity itself."""
    if request.organisation.kind != Organisation.Kind.OFFICE:
        raise Http404
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
    state = acts.state(request.caller, key, request.purpose)
    if state is None or request.organisation.kind != Organisation.Kind.OFFICE:
        raise Http404
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        result = acts.offer(
            request.caller,
            key,
            request.purpose,
            to_number=data["to_number"],
            starts_on=data["starts_on"],
            note=data["note"],
        )
        if result == "ok":
            messages.success(
                request, "引き継ぎを申し出ました。引き継ぎ先が本人確認をして登録すると、引き継ぎが終わります。"
            )
            return redirect("assignment:assignment", key)
        form.add_error("to_number" if result == "assignment:unknown_office" else None, missed(result))
    context = {"key": key, "person": state["person"], "form": form}
    return render(request, "assignment/handover_offer.html", context, status=200 if not form.errors else 400)


@require_POST
def withdraw_offer(request: SignedInRequest, key: int) -> HttpResponse:
    """Take the own open offer back."""
    result = acts.withdraw_offer(request.caller, key, request.purpose)
    if result != "ok":
        messages.error(request, missed(result, stranger=("assignment:none",)))
    else:
        messages.success(request, "引き継ぎの申し出を取りやめました。")
    return redirect("assignment:assignment", key)
