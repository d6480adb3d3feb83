"""同意: what the person said about being seen, recorded in the municipality's place."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kiban.consent import explanation
from kiban.gate import consents
from kiban.gate.calling import Caller
from kiban.staff.middleware import SignedInRequest
from kiban.viewing.forms import ConsentForm
from kiban.viewing.opening import open_items
from kiban.viewing.purposes import purpose_of


@require_http_methods(["GET", "POST"])
def consent(request: SignedInRequest, key: int) -> HttpResponse:
    """同意: the comprehensive consent, given in the municipality's place."""
    opened = open_items(Caller.of(request), key, [], purpose_of(request))
    if opened.person is None:
        raise Http404
    form = ConsentForm(request.POST or None, initial={"given_on": timezone.localdate(), "signer": "self"})
    if request.method == "POST" and form.is_valid():
        result = consents.give(
            Caller.of(request),
            key,
            purpose_of(request),
            consents.Signing(on=form.cleaned_data["given_on"], signer=form.cleaned_data["signer"]),
            text_version=explanation.CURRENT,
        )
        if result == "ok":
            messages.success(request, "包括的同意を登録しました。")
            return redirect("viewing:person", key)
        form.add_error(None, "登録できませんでした。担当の登録を確かめてください。")
    context = {
        "key": key,
        "person": opened.person,
        "form": form,
        "text": explanation.TEXTS[explanation.CURRENT],
        "version": explanation.CURRENT,
        "opened": opened,
        "has_consent": any(text.startswith("包括的同意") for text in opened.basis),
    }
    return render(request, "viewing/consent.html", context, status=200 if not form.errors else 400)


@require_POST
def withdraw_consent(request: SignedInRequest, key: int) -> HttpResponse:
    """The person withdraws the consent; nothing that needs it is shown from this moment on."""
    signing = consents.Signing(on=timezone.localdate(), signer="self")
    if consents.withdraw(Caller.of(request), key, purpose_of(request), signing) != "ok":
        raise Http404
    messages.success(request, "同意の撤回を登録しました。この方の情報は、いまから表示されません。")
    return redirect("viewing:consent", key)
