"""The second step of signing in: whichever second factor the account has, or the setting up of its first one.

All of it comes after a right password, so that nothing here tells anybody else what an ID has.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kiban.staff.mail import NotSentError
from kiban.staff.models import Account
from kiban.staff.sign_in import mail_codes, passkeys, recovery_codes, second_factor, signing_in, steps
from kiban.staff.sign_in.pages.forms import CodeForm, PasskeyForm, RecoveryForm
from kiban.staff.sign_in.passkeys import PasskeyError
from kiban.staff.sign_in.second_factor import Outcome
from kiban.web.access import terminal_only
from kiban.web.answers import form_page
from kiban.web.request import Request

WRONG_CODE = "確認コードが違います。アプリに新しい数字が出るのを待って、もう一度入れてください。"
WRONG_MAIL_CODE = "確認コードが違うか、10分を過ぎています。届いた数字を確かめるか、もう一度送ってください。"
WRONG_RECOVERY = "この復旧コードは使えません。まだ使っていないコードを、控えのとおりに入れてください。"
WRONG_PASSKEY = "パスキーを確かめられませんでした。もう一度ボタンを押すか、ほかの方法を選んでください。"
SENT = "確認コードを送りました。届いた6桁の数字を、10分以内に入れてください。"


@terminal_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code(request: Request) -> HttpResponse:
    """Six digits from the app; before there is a second factor, the app is set up here."""
    pending = signing_in.pending(request)
    if pending is None:
        return steps.start_again(request, steps.STEP_ENDED)
    account = pending[1]
    factors = second_factor.of(account)
    if factors.is_enrolled and not factors.app:
        return redirect(steps.ways(request, factors)[0])
    enrolling = not factors.is_enrolled
    form = CodeForm(request.POST or None)
    answer = steps.take_factor(
        request,
        pending,
        form,
        lambda: second_factor.verify(account, form.cleaned_data["code"], enrolling=enrolling),
        WRONG_CODE,
    )
    context = {"form": form, "others": steps.others(request, account, "staff:code")}
    if answer and enrolling:
        steps.welcome(request, account)
    if answer or not enrolling:
        return answer or form_page(request, "staff/code.html", context, form)
    device = second_factor.enrolment(account)
    context |= {"image": second_factor.qr_image(device), "secret": second_factor.typed_secret(device)}
    return form_page(request, "staff/enrol.html", context, form)


@terminal_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def passkey(request: Request) -> HttpResponse:
    """A passkey; before there is a second factor, the first one is made here."""
    pending = signing_in.pending(request)
    if pending is None:
        return steps.start_again(request, steps.STEP_ENDED)
    account = pending[1]
    factors = second_factor.of(account)
    if factors.is_enrolled and not factors.passkeys:
        return redirect(steps.ways(request, factors)[0])
    enrolling = not factors.is_enrolled
    form = PasskeyForm(request.POST or None)
    answer = steps.take_factor(
        request,
        pending,
        form,
        lambda: _passkey_outcome(request, account, form.cleaned_data["credential"], enrolling=enrolling),
        WRONG_PASSKEY,
    )
    if answer:
        if enrolling:
            steps.welcome(request, account)
        return answer
    possible = passkeys.is_possible(request)
    question = passkeys.begin if enrolling else passkeys.ask
    context = {
        "form": form,
        "enrolling": enrolling,
        "others": steps.others(request, account, "staff:sign-in-passkey"),
        "options": question(request, account) if possible else "",
        "passkey_host": settings.PASSKEY_HOST,
    }
    return form_page(request, "staff/passkey.html", context, form)


def _passkey_outcome(request: Request, account: Account, credential: str, *, enrolling: bool) -> Outcome:
    if not passkeys.is_asked(request):  # the same answer a second time, or none of our questions
        return Outcome.USED
    if not enrolling:
        return Outcome.RIGHT if passkeys.is_right(request, account, credential) else Outcome.WRONG
    try:
        passkeys.finish(request, account, credential)
    except PasskeyError:
        return Outcome.WRONG
    return Outcome.RIGHT


@terminal_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def mail(request: Request) -> HttpResponse:
    """A code by e-mail, for accounts that asked for it in their own settings."""
    pending = signing_in.pending(request)
    if pending is None:
        return steps.start_again(request, steps.STEP_ENDED)
    account = pending[1]
    factors = second_factor.of(account)
    if not factors.mail:
        return redirect(steps.ways(request, factors)[0])
    form = CodeForm(request.POST or None)
    answer = steps.take_factor(
        request,
        pending,
        form,
        lambda: mail_codes.use(account, account.email, form.cleaned_data["code"]),
        WRONG_MAIL_CODE,
    )
    context = {
        "form": form,
        "address": mail_codes.masked(account.email),
        "others": steps.others(request, account, "staff:sign-in-mail"),
    }
    return answer or form_page(request, "staff/mail_code.html", context, form)


@terminal_only
@require_POST
def send_mail(request: Request) -> HttpResponse:
    """Send the code; whether the mail server takes it or not, the page goes on."""
    pending = signing_in.pending(request)
    if pending is None:
        return steps.start_again(request, steps.STEP_ENDED)
    account = pending[1]
    if second_factor.of(account).mail:
        try:
            mail_codes.send(account, account.email)
        except NotSentError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, SENT)
    return redirect("staff:sign-in-mail")


@terminal_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def recovery(request: Request) -> HttpResponse:
    """A code from paper, each good once."""
    pending = signing_in.pending(request)
    if pending is None:
        return steps.start_again(request, steps.STEP_ENDED)
    account = pending[1]
    factors = second_factor.of(account)
    form = RecoveryForm(request.POST or None)
    if not (factors.is_enrolled and factors.recovery_codes) and not form.is_bound:
        return redirect(steps.ways(request, factors)[0])
    answer = steps.take_factor(
        request, pending, form, lambda: recovery_codes.use(account, form.cleaned_data["code"]), WRONG_RECOVERY
    )
    if answer and signing_in.is_in(request):
        left = recovery_codes.left(account)
        messages.warning(
            request,
            f"復旧コードを1つ使いました。残りは{left}個です。"
            "認証アプリやパスキーが使えなくなったときは、「自分の設定」で登録し直してください。",
        )
    context = {"form": form, "others": steps.others(request, account, "staff:sign-in-recovery")}
    return answer or form_page(request, "staff/recovery.html", context, form)
