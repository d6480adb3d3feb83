"""自分の設定: what a person sets for the own account, and where it is signed in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kiban.staff.mail import NotSentError, send
from kiban.staff.models import Account, Session
from kiban.staff.sign_in import mail_codes, passkeys, second_factor, sessions, signing_in, steps
from kiban.staff.sign_in.pages.factors import WRONG_MAIL_CODE
from kiban.staff.sign_in.pages.forms import CodeForm, MailForm, UnlockForm
from kiban.staff.sign_in.pages.lock import WRONG_PASSWORD
from kiban.staff.sign_in.second_factor import Outcome
from kiban.terminals.models import Terminal
from kiban.web.answers import form_page
from kiban.web.request import Request, SignedInRequest

FRESH = timedelta(minutes=10)  # for so long after the password was typed the account's keys may be changed
NEW_MAIL = "new_mail"
OTHERS_ENDED = "ほかの端末でのサインインを終わりにしました。"
MOVED = """登録してある電子メールのアドレスが、別のアドレスに変わりました。

自分で変えたときは、何もしなくてかまいません。
心当たりがないときは、すぐに事業所の管理者に伝えてください。
"""
More = ParamSpec("More")


@dataclass(frozen=True)
class SessionPlace:
    """One of the account's sessions, and at which terminal it is."""

    terminal: str
    since: datetime | None
    used: datetime | None
    is_this: bool
    is_locked: bool


def password_confirmed(
    view: Callable[Concatenate[SignedInRequest, More], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, More], HttpResponse]:
    """For views that change what somebody signs in with: the password must have been typed a moment ago."""

    @wraps(view)
    def asked(request: SignedInRequest, /, *args: More.args, **more: More.kwargs) -> HttpResponse:
        at = request.session.get(sessions.CONFIRMED_AT)
        if at and datetime.fromisoformat(at) > timezone.now() - FRESH:
            return view(request, *args, **more)
        if request.method == "GET":
            return redirect(reverse("staff:own-confirm") + "?" + urlencode({"next": request.path}))
        # What was pressed is asked for together with the password, and then done: nobody presses a button twice.
        answer = _password_asked(request, sent="password" in request.POST)
        return view(request, *args, **more) if answer is None else answer

    return asked


def _password_asked(request: SignedInRequest, *, sent: bool) -> HttpResponse | None:
    """The page that asks for the password once more; ``None``: it was right."""
    account = request.account
    form = UnlockForm(request.POST if sent else None)
    if form.is_valid():
        if not signing_in.is_locked(request, account) and account.check_password(form.cleaned_data["password"]):
            request.session[sessions.CONFIRMED_AT] = timezone.now().isoformat()
            signing_in.forget_failures(request, account)
            return None
        signing_in.count_failure(request, account)
        if signing_in.is_locked(request, account):
            request.session.flush()
            return steps.start_again(request, steps.REFUSED)
        form.add_error("password", WRONG_PASSWORD)
    pressed = [(name, value) for name, value in request.POST.items() if name not in ("password", "csrfmiddlewaretoken")]
    return form_page(request, "staff/own_confirm.html", {"form": form, "pressed": pressed}, form)


@never_cache
@require_safe
def own_settings(request: SignedInRequest) -> HttpResponse:
    account = request.account
    factors = second_factor.of(account)
    context = {
        "account": account,
        "employment": request.employment,
        "factors": factors,
        "only_one": factors.is_only_one,
        "passkeys": passkeys.of(account),
        "passkeys_possible": passkeys.is_possible(request),
        "signed_in_at": _places(request, account),
    }
    return render(request, "staff/own.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def confirm(request: SignedInRequest) -> HttpResponse:
    """The password once more, before the account's keys are changed."""
    answer = _password_asked(request, sent=request.method == "POST")
    return redirect(signing_in.page_after(request.GET.get("next", ""))) if answer is None else answer


@require_POST
def digest(request: SignedInRequest) -> HttpResponse:
    """期限のお知らせ by e-mail: yes or no."""
    wants = request.POST.get("wants") == "yes"
    Account.objects.filter(pk=request.account.pk).update(wants_digest=wants)
    words = "期限のお知らせを電子メールで送ります。" if wants else "期限のお知らせを電子メールで送るのをやめました。"
    messages.success(request, words)
    return redirect("staff:own")


@password_confirmed
@never_cache
@require_http_methods(["GET", "POST"])
def mail(request: SignedInRequest) -> HttpResponse:
    """A new address: it counts when a code sent to it has come back."""
    account = request.account
    form = MailForm(request.POST or None, initial={"email": account.email})
    if form.is_valid():
        try:
            mail_codes.send(account, form.cleaned_data["email"])
        except NotSentError as error:
            form.add_error("email", str(error))
        else:
            request.session[NEW_MAIL] = form.cleaned_data["email"]
            return redirect("staff:own-mail-code")
    return form_page(request, "staff/own_mail.html", {"form": form}, form)


@password_confirmed
@never_cache
@require_http_methods(["GET", "POST"])
def mail_code(request: SignedInRequest) -> HttpResponse:
    """The code that was sent to the new address."""
    account, address = request.account, request.session.get(NEW_MAIL)
    if not address:
        return redirect("staff:own-mail")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if mail_codes.use(account, address, form.cleaned_data["code"]) is Outcome.RIGHT:
            Account.objects.filter(pk=account.pk).update(email=address)
            _warn_the_old_address(account.email)
            del request.session[NEW_MAIL]
            messages.success(request, "電子メールのアドレスを登録しました。")
            return redirect("staff:own")
        form.add_error("code", WRONG_MAIL_CODE)
    return form_page(request, "staff/own_mail_code.html", {"form": form, "address": address}, form)


def _warn_the_old_address(address: str) -> None:
    """Whoever took over an account would begin with its address; its owner should hear of it."""
    if address:
        with suppress(NotSentError):
            send(address, "介護情報基盤: 電子メールのアドレスが変わりました", MOVED)


@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    """Sign the own ID out everywhere but here."""
    sessions.end_all(request.account, but=request.session.session_key)
    messages.success(request, OTHERS_ENDED)
    return redirect("staff:own")


def _places(request: Request, account: Account) -> list[SessionPlace]:
    now = timezone.now()
    rows = list(
        Session.objects.filter(account=account, expire_date__gt=now).exclude(second_factor_at=None).order_by("-seen_at")
    )
    fingerprints = [row.certificate_fingerprint for row in rows]
    terminals = Terminal.objects.filter(certificates__fingerprint__in=fingerprints)
    names = dict(terminals.values_list("certificates__fingerprint", "name"))
    this = sessions.hashed(request.session.session_key or "")
    return [
        SessionPlace(
            terminal=names.get(row.certificate_fingerprint, "台帳にない端末"),
            since=row.second_factor_at,
            used=row.seen_at,
            is_this=row.session_key == this,
            is_locked=row.locked_at is not None,
        )
        for row in rows
    ]
