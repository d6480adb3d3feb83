"""職員: the administrator's pages about the staff of their own organisation. Any other organisation's is not found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from kiban.staff import accounts, rights
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment, Invitation, Suspicion
from kiban.staff.people import employments, roster
from kiban.staff.people.employments import Post
from kiban.staff.people.pages.forms import JobForm, LastDayForm, PersonForm
from kiban.terms.wareki import to_wareki
from kiban.web import once
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.csv_file import csv_file
from kiban.web.request import SignedInRequest

FIRST_PASSWORD = "staff:first-password"  # noqa: S105 - the name of a page


@administrator
@require_safe
def person_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    everybody = roster.everybody(request.organisation)
    waiting = Invitation.objects.filter(organisation=request.organisation, accepted_at=None, withdrawn_at=None)
    context = {
        "now": [(employment, roster.factors(employment)) for employment in everybody.not_over(today)],
        "past": everybody.filter(ends_on__lte=today),
        "today": today,
        "waiting": waiting.filter(expires_at__gt=timezone.now()).count(),
        "findings": Suspicion.objects.filter(organisation=request.organisation, cleared_at=None).count(),
    }
    return render(request, "staff/people.html", context)


FILE_HEAD = ("氏名", "フリガナ", "職員ID", "職種", "区分", "採用日", "最後の日", "二つ目の確認", "最後のサインイン")


@administrator
@require_safe
def person_file(request: SignedInRequest) -> HttpResponse:
    """いまの職員 as a file (CSV)."""
    everybody = roster.everybody(request.organisation).not_over(timezone.localdate())
    return csv_file("職員", FILE_HEAD, map(_cells, everybody))


def _cells(employment: Employment) -> tuple[str, ...]:
    account = employment.account
    seen = account.last_login and timezone.localtime(account.last_login)
    return (
        account.name,
        account.kana,
        account.login_id,
        employment.job_type.name,
        employment.get_level_display(),
        to_wareki(employment.starts_on),
        to_wareki(employment.last_day) if employment.last_day else "",
        "、".join(roster.factors(employment)),
        f"{to_wareki(seen.date())} {seen:%H:%M}" if seen else "",
    )


@administrator
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, by=request.employment, initial={"starts_on": timezone.localdate()})
    if form.is_valid():
        entered = form.cleaned_data
        post = Post(entered["job_type"], entered["level"], entered["starts_on"], form.ends_on())
        try:
            account, password = employments.add_person(
                entered["login_id"], entered["name"], entered["kana"], post, by=request.employment
            )
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            return _to_first_password(request, account, password)
    return form_page(request, "staff/add.html", {"form": form}, form)


@administrator
@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    return _person(request, get_employment(request, pk))


@administrator
@require_POST
def last_day(request: SignedInRequest, pk: int) -> HttpResponse:
    employment = get_employment(request, pk)
    form = LastDayForm(request.POST)
    if form.is_valid():
        try:
            employments.end_employment(employment, form.ends_on(), by=request.employment)
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{employment.account.name}さんの最後の日を登録しました。")
            return redirect("staff:people")
    return _person(request, employment, last_day_form=form)


@administrator
@require_POST
def end_now(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leaving this moment: an open screen shows nothing more."""
    employment = get_employment(request, pk)
    try:
        employments.end_now(employment, by=request.employment)
    except StaffError as error:
        messages.error(request, str(error))
        return redirect("staff:person", pk)
    messages.success(request, f"{employment.account.name}さんの所属を終えました。開いていた画面も、もう使えません。")
    return redirect("staff:people")


@administrator
@require_POST
def job(request: SignedInRequest, pk: int) -> HttpResponse:
    employment = get_employment(request, pk)
    form = JobForm(request.POST, by=request.employment)
    if form.is_valid():
        try:
            employments.change_job(
                employment,
                form.cleaned_data["job_type"],
                form.cleaned_data["level"],
                on=form.first_day(),
                by=request.employment,
            )
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            when = "今日から" if form.first_day() == timezone.localdate() else ""
            messages.success(request, f"{employment.account.name}さんの職種を{when}変えました。")
            return redirect("staff:people")
    return _person(request, employment, job_form=form)


@administrator
@require_POST
def reset_code(request: SignedInRequest, pk: int) -> HttpResponse:
    employment = get_employment(request, pk)
    try:
        accounts.reset_second_factor(employment.account, by=request.employment)
    except StaffError as error:
        messages.error(request, str(error))
        return redirect("staff:person", pk)
    messages.success(
        request, f"{employment.account.name}さんは、次にサインインするときに、確認コードのアプリを登録し直します。"
    )
    return redirect("staff:people")


@administrator
@never_cache
@require_POST
def reset_password(request: SignedInRequest, pk: int) -> HttpResponse:
    employment = get_employment(request, pk)
    try:
        password = accounts.reset_password(employment.account, by=request.employment)
    except StaffError as error:
        messages.error(request, str(error))
        return redirect("staff:person", pk)
    return _to_first_password(request, employment.account, password)


@administrator
@never_cache
@require_GET
def first_password(request: SignedInRequest) -> HttpResponse:
    """The password just made, once."""
    kept = once.take(
        request, FIRST_PASSWORD, instead="控えていないときは、その職員の画面でパスワードを作り直してください。"
    )
    if kept is None:
        return redirect("staff:people")
    return render(request, "staff/first_password.html", kept)


def _person(request: SignedInRequest, employment: Employment, **sent: forms.Form) -> HttpResponse:
    by = request.employment
    context = {
        "employment": employment,
        "before": employment.account.employments.filter(organisation=request.organisation)
        .exclude(pk=employment.pk)
        .select_related("job_type")
        .order_by("-starts_on"),
        "today": timezone.localdate(),
        "no_say": _refusal(rights.require_may_change, by, employment),
        "no_reset": _refusal(rights.require_may_reset, by, employment.account),
        "last_day_form": LastDayForm(initial={"last_day": employment.last_day}),
        "job_form": JobForm(by=by, initial={"job_type": employment.job_type_id, "level": employment.level}),
        **sent,
    }
    return form_page(request, "staff/person.html", context, *sent.values())


def _refusal(rule: Callable[[Employment, Any], None], by: Employment, about: Account | Employment) -> str:
    """Why a rule does not let somebody; empty when it does."""
    try:
        rule(by, about)
    except StaffError as error:
        return str(error)
    return ""


def _to_first_password(request: HttpRequest, account: Account, password: str) -> HttpResponse:
    once.keep(request, FIRST_PASSWORD, login_id=account.login_id, name=account.name, password=password)
    return redirect(FIRST_PASSWORD)


def get_employment(request: SignedInRequest, pk: int) -> Employment:
    """An employment in the organisation that has not ended. Raises Http404 for any other."""
    not_over = Employment.objects.not_over(timezone.localdate())
    with_names = not_over.select_related("account", "job_type", "organisation")
    return get_object_or_404(with_names, pk=pk, organisation=request.organisation)
