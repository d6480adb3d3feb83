"""Signing in, in steps that work without JavaScript: ID and password, code, 職種 if there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kiban.staff import second_factor, services, sessions, signing_in
from kiban.staff.forms import CodeForm, EmploymentForm, PasswordForm, SignInForm
from kiban.staff.models import Account
from kiban.web.access import public, terminal_only

if TYPE_CHECKING:
    from kiban.staff.middleware import SignedInRequest

# One text for an unknown ID, a wrong password, a locked ID and somebody employed nowhere: it tells nothing.
REFUSED = (
    "サインインできません。職員IDとパスワードを確かめて、もう一度入れてください。"
    "続けて5回まちがえると、30分間サインインできなくなります。"
)
STEP_ENDED = "時間がたったため、はじめからやり直してください。"
WRONG_CODE = "確認コードが違います。アプリに新しい数字が出るのを待って、もう一度入れてください。"
NOT_HERE = "この端末の事業所に所属していません。"


@terminal_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and sessions.ACCOUNT in request.session:
        return redirect(signing_in.page_after(request.GET.get("next", "")))
    form = SignInForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if form.is_valid():
        entered = form.cleaned_data
        account = authenticate(request, login_id=entered["login_id"], password=entered["password"])
        if isinstance(account, Account):
            signing_in.begin(request, account, entered["next"])
            return redirect("staff:code")
        form.add_error(None, REFUSED)
    return render(request, "staff/sign_in.html", {"form": form})


@terminal_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    found = signing_in.pending(request)
    if found is None:
        return _start_again(request, STEP_ENDED)
    waiting, account = found
    enrolling = not second_factor.is_enrolled(account)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if signing_in.is_locked(request, account):
            request.session.flush()
            return _start_again(request, REFUSED)
        if second_factor.verify(account, form.cleaned_data["code"], enrolling=enrolling):
            signing_in.code_shown(request, waiting)
            return _enter(request, account, waiting.next)
        signing_in.count_failure(request, account)
        form.add_error("code", WRONG_CODE)
    if not enrolling:
        return render(request, "staff/code.html", {"form": form})
    device = second_factor.enrolment(account)
    shown = {"form": form, "image": second_factor.qr_image(device), "secret": second_factor.typed_secret(device)}
    return render(request, "staff/enrol.html", shown)


@terminal_only
@never_cache
@require_http_methods(["GET", "POST"])
def employment(request: HttpRequest) -> HttpResponse:
    found = signing_in.pending(request)
    if found is None or not found[0].code_shown:
        return _start_again(request, STEP_ENDED)
    waiting, account = found
    form = EmploymentForm(request.POST or None, employments=signing_in.employments_here(request, account))
    if form.is_valid():
        signing_in.sign_in(request, account, form.cleaned_data["employment"])
        return _arrive(account, waiting.next)
    return render(request, "staff/employment.html", {"form": form})


def _enter(request: HttpRequest, account: Account, next_page: str) -> HttpResponse:
    """After the right code: in, if exactly one employment counts at this terminal."""
    employments = list(signing_in.employments_here(request, account))
    if not employments:
        request.session.flush()
        return render(request, "staff/not_here.html", {"message": NOT_HERE}, status=403)
    if len(employments) > 1:
        return redirect("staff:employment")
    signing_in.sign_in(request, account, employments[0])
    return _arrive(account, next_page)


def _arrive(account: Account, next_page: str) -> HttpResponse:
    if account.must_change_password:
        return redirect(reverse("staff:password") + "?" + urlencode({"next": next_page}))
    return redirect(signing_in.page_after(next_page))


def _start_again(request: HttpRequest, message: str) -> HttpResponse:
    messages.warning(request, message)
    return redirect("staff:sign-in")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    account = cast("SignedInRequest", request).employment.account
    form = PasswordForm(request.POST or None, account=account)
    if form.is_valid():
        if signing_in.is_locked(request, account) or not account.check_password(form.cleaned_data["current"]):
            signing_in.count_failure(request, account)
            if signing_in.is_locked(request, account):
                request.session.flush()
                return _start_again(request, REFUSED)
            form.add_error("current", "いまのパスワードが違います。")
        else:
            services.change_password(account, form.cleaned_data["new"], staying=request.session.session_key)
            update_session_auth_hash(request, account)
            messages.success(request, "パスワードを変えました。")
            return redirect(signing_in.page_after(request.GET.get("next", "")))
    return render(request, "staff/password.html", {"form": form, "first": account.must_change_password})


@terminal_only
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if sessions.ACCOUNT in request.session:
        logout(request)
    else:
        request.session.flush()
    messages.success(request, "サインアウトしました。")
    response = redirect("staff:sign-in")
    response.delete_cookie(settings.PURPOSE_COOKIE_NAME)  # the next person looks for a reason of their own
    return response


@public
@require_safe
def sign_in_help(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/help.html")
