"""この端末を点検する: open to everybody, for it has to help just where something is wrong."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kiban.terminals import diagnosis
from kiban.web.access import public
from kiban.web.answers import form_page
from kiban.web.request import Request

BY = "この端末での点検"


class CheckForm(forms.Form):
    """What the page's script found out; empty where no script ran."""

    clock = forms.IntegerField(
        required=False, min_value=-diagnosis.LONGEST_OFF, max_value=diagnosis.LONGEST_OFF
    )  # seconds ahead of the server
    card = forms.ChoiceField(choices=[(code, code) for code in diagnosis.CARD], required=False)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: Request) -> HttpResponse:
    """What the server sees at once, clock and card by script; kept in the ledger when the button is pressed."""
    certificate, items = diagnosis.of_server(request)
    form = CheckForm(request.POST) if request.method == "POST" else None
    if form is not None and certificate is not None and form.is_valid():
        seconds, code = form.cleaned_data["clock"], form.cleaned_data["card"]
        items += [diagnosis.clock(seconds)] if seconds is not None else []
        items += [diagnosis.card(code)] if code else []
        agent = request.META.get("HTTP_USER_AGENT", "")
        recorded = diagnosis.record(certificate.terminal, items, agent=agent, card_code=code, by=BY)
        sentence = "よい状態です。" if recorded.is_good else "直すところがあります。"
        messages.success(request, f"点検の結果を台帳に残しました。{sentence}")
        return redirect("terminals:check")
    request.connect_also = diagnosis.client_address()
    context = {
        "items": items,
        "certificate": certificate,
        "client": diagnosis.client_address(),
        "cards": diagnosis.CARD.items(),
        "most": diagnosis.MOST_SECONDS_OFF,
        "clock_remedy": diagnosis.clock(10**6).remedy,
    }
    return form_page(request, "terminals/check.html", context, refused=form is not None)
