"""Signing in: ID and password, second factor (factor_views.py), 職種 if there are several; the password; out."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kiban.staff import accounts
from kiban.staff.models import Account
from kiban.staff.sign_in import second_factor, sessions, signing_in, steps
from kiban.staff.sign_in.pages.forms import EmploymentForm, PasswordForm, SignInForm
from kiban.web.access import public, terminal_only
from kiban.web.answers import form_page
from kiban.web.request import Request, SignedInRequest


@terminal_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: Request) -> HttpResponse:
    if request.method == "GET" and sessions.ACCOUNT in request.session:
        return redirect(signing_in.page_after(request.GET.get("next", "")))
    form = SignInForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if form.is_valid():
        entered = form.cleaned_data
        account = authenticate(request, login_id=entered["login_id"], password=entered["password"])
        if isinstance(account, Account):
            signing_in.begin(request, account, entered["next"])
            return redirect(steps.ways(request, second_factor.of(account))[0])
        signing_in.tell_of_failure(request, entered["login_id"])
        form.add_error(None, steps.REFUSED)
    return form_page(request, "staff/sign_in.html", {"form": form}, form)


@terminal_only
@never_cache
@require_http_methods(["GET", "POST"])
def employment(request: Request) -> HttpResponse:
    pending = signing_in.pending(request)
    if pending is None or not pending[0].code_shown:
        return steps.start_again(request, steps.STEP_ENDED)
    waiting, account = pending
    form = EmploymentForm(request.POST or None, employments=signing_in.employments_here(request, account))
    if form.is_valid():
        signing_in.sign_in(request, account, form.cleaned_data["employment"])
        return steps.arrive(account, waiting.next)
    return form_page(request, "staff/employment.html", {"form": form}, form)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    """A new password, by the old one."""
    account = request.account
    form = PasswordForm(request.POST or None, account=account)
    if form.is_valid():
        if signing_in.is_locked(request, account) or not account.check_password(form.cleaned_data["current"]):
            signing_in.count_failure(request, account)
            if signing_in.is_locked(request, account):
                request.session.flush()
                return steps.start_again(request, steps.REFUSED)
            form.add_error("current", "いまのパスワードが違います。")
        else:
            accounts.change_password(account, form.cleaned_data["new"], staying=request.session.session_key)
            update_session_auth_hash(request, account)
            messages.success(request, "パスワードを変えました。")
            return redirect(signing_in.page_after(request.GET.get("next", "")))
    return form_page(request, "staff/password.html", {"form": form, "first": account.must_change_password}, form)


@terminal_only
@require_POST
def sign_out(request: Request) -> HttpResponse:
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
def sign_in_help(request: Request) -> HttpResponse:
    return render(request, "staff/help.html")
