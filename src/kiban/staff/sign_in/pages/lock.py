"""画面のロック: nothing is shown until the person has shown again who it is. The gate refuses meanwhile as well."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kiban.staff.models import Account
from kiban.staff.sign_in import passkeys, sessions, signing_in, steps
from kiban.staff.sign_in.pages.factors import WRONG_PASSKEY
from kiban.staff.sign_in.pages.forms import PasskeyForm, UnlockForm
from kiban.web import typed
from kiban.web.answers import form_page
from kiban.web.request import Request, SignedInRequest

WRONG_PASSWORD = "パスワードが違います。"  # noqa: S105


@require_POST
def lock(request: SignedInRequest) -> HttpResponse:
    """By the button, or by the page itself after a time without use; what was typed into the page is kept.

    Another window of the screen comes ``along``: it brings what was typed there, and locks nothing that was unlocked
    before it came (a window a browser had put to sleep comes late).
    """
    sent = request.POST
    if sent.get("typed"):
        with cast("sessions.SessionStore", request.session).alone():
            typed.keep(request, sent.get("next", ""), sent.get("form", ""), sent["typed"])
    if "along" not in sent:
        sessions.lock(request.session.session_key)
    return redirect(reverse("staff:locked") + "?" + urlencode({"next": sent.get("next", "")}))


@require_POST
def in_use(request: SignedInRequest) -> HttpResponse:
    """Somebody types in a long form: the screen is in use although nothing is sent. Noted by the middleware."""
    return HttpResponse(status=204)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def locked(request: SignedInRequest) -> HttpResponse:
    """The locked screen: password or passkey of the same person, or sign out."""
    account = request.account
    after = request.GET.get("next", "")
    if not sessions.is_locked(request.session):
        return redirect(signing_in.page_after(after))
    by_passkey = "credential" in request.POST
    form: UnlockForm | PasskeyForm = PasskeyForm(request.POST) if by_passkey else UnlockForm(request.POST or None)
    asked = not by_passkey or passkeys.is_asked(request)  # the same passkey sent twice is no second guess
    if form.is_valid():
        if not signing_in.is_locked(request, account) and _is_right(request, account, form):
            sessions.unlock(request.session.session_key)
            signing_in.forget_failures(request, account)
            return redirect(signing_in.page_after(after))
        if asked:
            signing_in.count_failure(request, account)
        if signing_in.is_locked(request, account):
            request.session.flush()
            return steps.start_again(request, steps.REFUSED)
        form.add_error(None if by_passkey else "password", WRONG_PASSKEY if by_passkey else WRONG_PASSWORD)
    possible = passkeys.is_possible(request) and passkeys.of(account).exists()
    context = {
        "account": account,
        "form": UnlockForm() if by_passkey else form,
        "passkey_form": form if by_passkey else PasskeyForm(),
        "options": passkeys.ask(request, account) if possible else "",
    }
    return form_page(request, "staff/locked.html", context, form)


def _is_right(request: Request, account: Account, form: UnlockForm | PasskeyForm) -> bool:
    if isinstance(form, PasskeyForm):
        return passkeys.is_right(request, account, form.cleaned_data["credential"])
    return account.check_password(form.cleaned_data["password"])
