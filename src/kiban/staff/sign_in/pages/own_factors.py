"""自分の設定: the own second factors - app, passkeys, codes by e-mail, codes on paper. One always stays."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.staff.models import Account
from kiban.staff.sign_in import passkeys, recovery_codes, second_factor
from kiban.staff.sign_in.pages.factors import WRONG_CODE
from kiban.staff.sign_in.pages.forms import CodeForm, NewPasskeyForm
from kiban.staff.sign_in.pages.own_settings import password_confirmed
from kiban.staff.sign_in.passkeys import PasskeyError
from kiban.web import once
from kiban.web.answers import form_page
from kiban.web.request import Request, SignedInRequest

CODES = "staff:own-shown-recovery-codes"
NEW_APP = "new_app"  # the key of the app being set up, hexadecimal
ONE_STAYS = "サインインに使う方法が1つもなくなるため、使えなくできません。先に、ほかの方法を登録してください。"


@password_confirmed
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def app(request: SignedInRequest) -> HttpResponse:
    """Set up an authenticator app, the first or a new one; the one before goes on until this one shows a code."""
    account = request.account
    if request.method == "GET" or NEW_APP not in request.session:
        request.session[NEW_APP] = second_factor.new_app(account).key
    device = second_factor.shown_app(account, request.session[NEW_APP])
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if second_factor.replace_app(account, device.key, form.cleaned_data["code"]):
            del request.session[NEW_APP]
            messages.success(request, "認証アプリを登録しました。前のアプリの数字は使えません。")
            return redirect("staff:own")
        form.add_error("code", WRONG_CODE)
    context = {"form": form, "image": second_factor.qr_image(device), "secret": second_factor.typed_secret(device)}
    return form_page(request, "staff/own_app.html", context, form)


@password_confirmed
@require_POST
def forget_app(request: SignedInRequest) -> HttpResponse:
    account = request.account
    if second_factor.of(account).app and _another_stays(request, account):
        second_factor.forget_app(account)
        messages.success(request, "認証アプリを使えなくしました。")
    return redirect("staff:own")


@password_confirmed
@never_cache
@require_http_methods(["GET", "POST"])
def add_passkey(request: SignedInRequest) -> HttpResponse:
    account = request.account
    form = NewPasskeyForm(request.POST or None)
    if form.is_valid():
        try:
            made = passkeys.finish(request, account, form.cleaned_data["credential"], form.cleaned_data["name"])
        except PasskeyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"パスキー「{made.name}」を登録しました。")
            return redirect("staff:own")
    options = passkeys.begin(request, account) if passkeys.is_possible(request) else ""
    context = {"form": form, "options": options, "passkey_host": settings.PASSKEY_HOST}
    return form_page(request, "staff/own_passkey.html", context, form)


@password_confirmed
@require_POST
def revoke_passkey(request: SignedInRequest, pk: int) -> HttpResponse:
    account = request.account
    passkey = get_object_or_404(passkeys.of(account), pk=pk)
    if _another_stays(request, account):
        passkeys.revoke(passkey)
        messages.success(request, f"パスキー「{passkey.name}」を使えなくしました。")
    return redirect("staff:own")


@password_confirmed
@require_POST
def use_mail(request: SignedInRequest) -> HttpResponse:
    """Codes by e-mail as a second factor: on, to the confirmed address, or off."""
    account = request.account
    if request.POST.get("use") == "yes":
        if account.email:
            Account.objects.filter(pk=account.pk).update(mail_code_since=timezone.now())
            messages.success(request, "サインインのときに、電子メールの確認コードも使えるようにしました。")
    elif second_factor.of(account).mail and _another_stays(request, account):
        Account.objects.filter(pk=account.pk).update(mail_code_since=None)
        messages.success(request, "電子メールの確認コードを使えなくしました。")
    return redirect("staff:own")


@password_confirmed
@never_cache
@require_POST
def make_recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Ten new codes on paper."""
    if once.waiting(request, CODES) is None:  # pressed twice: those of the first time are there to be seen
        once.keep(request, CODES, codes=recovery_codes.make(request.account))
    return redirect(CODES)


@never_cache
@require_GET
def shown_recovery_codes(request: SignedInRequest) -> HttpResponse:
    """The ten codes just made, once."""
    kept = once.take(request, CODES, instead="控えていないときは、「復旧コードを作り直す」を押してください。")
    if kept is None:
        return redirect("staff:own")
    return render(request, "staff/recovery_codes.html", {"account": request.account, "codes": kept["codes"]})


def _another_stays(request: Request, account: Account) -> bool:
    if second_factor.of(account).is_only_one:
        messages.error(request, ONE_STAYS)
        return False
    return True
