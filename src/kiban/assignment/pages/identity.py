"""本人確認と担当の登録: identity is confirmed, and the office is registered with a viewing period."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kiban.assignment import acts
from kiban.assignment.pages.access import get_office, refusal
from kiban.assignment.pages.identity_forms import RegisterForm
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest


@require_http_methods(["GET", "POST"])
def register(request: SignedInRequest) -> HttpResponse:
    """By card, by the four items, or by looking at a document."""
    form = RegisterForm(get_office(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        result, key = acts.register(
            request.caller,
            request.purpose,
            form.items(),
            method=data["method"],
            place=data["place"],
            document=data["document"].strip(),
            capacity=data["capacity"],
            viewing_from=data["viewing_from"],
            viewing_to=_day_after(data["viewing_last"]),
            proof=request.POST.get("proof") or None,
        )
        if result == "ok" and key is not None:
            messages.success(
                request, "担当として登録しました。次は「同意」です。本人(家族)の包括的同意があれば、情報を開けます。"
            )
            return redirect("viewing:person", key)
        form.add_error(None, refusal(result))
        if result == "assignment:no_match" and (sentence := form.not_begun()):
            form.add_error("insurer_no", sentence)
    return form_page(request, "assignment/register.html", {"form": form}, form)


def _day_after(last: dt.date | None) -> dt.date | None:
    return last and last + dt.timedelta(days=1)
