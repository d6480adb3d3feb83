"""職員: the administrator's pages about the staff of their own organisation. Any other organisation's is not found."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from kiban.registry.models import Organisation
from kiban.staff import services
from kiban.staff.forms import JobForm, LastDayForm, PersonForm
from kiban.staff.models import Account, Employment
from kiban.staff.services import StaffError
from kiban.web.access import administrator

if TYPE_CHECKING:
    from kiban.staff.middleware import SignedInRequest

OWN = "自分の登録は自分では変えられません。ほかの管理者に頼んでください。"


@administrator
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    everybody = (
        Employment.objects.filter(organisation=_own(request))
        .select_related("account", "job_type")
        .annotate(has_second_factor=Exists(TOTPDevice.objects.filter(user=OuterRef("account"), confirmed=True)))
        .order_by("account__kana", "account__name", "starts_on")
    )
    shown = {"now": everybody.not_over(today), "past": everybody.filter(ends_on__lte=today), "today": today}
    return render(request, "staff/people.html", shown)


@administrator
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if form.is_valid():
        entered = form.cleaned_data
        try:
            with transaction.atomic():
                account, password = services.create_account(
                    entered["login_id"], entered["name"], entered["kana"], by=_myself(request)
                )
                services.employ(
                    account,
                    _own(request),
                    entered["job_type"],
                    entered["level"],
                    starts_on=entered["starts_on"],
                    ends_on=form.ends_on(),
                    by=_myself(request),
                )
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            return _first_password(request, account, password)
    return render(request, "staff/add.html", {"form": form})


@administrator
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _person(request, _employment(request, pk))


@administrator
@require_POST
def last_day(request: HttpRequest, pk: int) -> HttpResponse:
    employment = _employment(request, pk)
    form = LastDayForm(request.POST)
    if form.is_valid():
        try:
            _not_myself(request, employment)
            services.end_employment(employment, form.ends_on(), by=_myself(request))
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{employment.account.name}さんの最後の日を登録しました。")
            return redirect("staff:people")
    return _person(request, employment, last_day_form=form)


@administrator
@require_POST
def job(request: HttpRequest, pk: int) -> HttpResponse:
    employment = _employment(request, pk)
    form = JobForm(request.POST)
    if form.is_valid():
        try:
            _not_myself(request, employment)
            services.change_job(
                employment,
                form.cleaned_data["job_type"],
                form.cleaned_data["level"],
                on=timezone.localdate(),
                by=_myself(request),
            )
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{employment.account.name}さんの職種を今日から変えました。")
            return redirect("staff:people")
    return _person(request, employment, job_form=form)


@administrator
@require_POST
def reset_code(request: HttpRequest, pk: int) -> HttpResponse:
    employment = _employment(request, pk)
    services.reset_second_factor(employment.account)
    messages.success(
        request, f"{employment.account.name}さんは、次にサインインするときに、確認コードのアプリを登録し直します。"
    )
    return redirect("staff:people")


@administrator
@never_cache
@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    employment = _employment(request, pk)
    return _first_password(request, employment.account, services.reset_password(employment.account))


def _person(request: HttpRequest, employment: Employment, **forms: object) -> HttpResponse:
    shown = {
        "employment": employment,
        "is_myself": employment.account_id == _myself(request).pk,
        "last_day_form": LastDayForm(initial={"last_day": employment.last_day}),
        "job_form": JobForm(initial={"job_type": employment.job_type_id, "level": employment.level}),
        **forms,
    }
    return render(request, "staff/person.html", shown)


def _first_password(request: HttpRequest, account: Account, password: str) -> HttpResponse:
    # Shown in the answer itself: a redirect would have to keep the password somewhere on the way.
    return render(request, "staff/first_password.html", {"account": account, "password": password})


def _own(request: HttpRequest) -> Organisation:
    return cast("SignedInRequest", request).employment.organisation


def _myself(request: HttpRequest) -> Account:
    return cast("SignedInRequest", request).employment.account


def _employment(request: HttpRequest, pk: int) -> Employment:
    """An employment in the own organisation that has not ended: over leavers an administrator has no say."""
    found = Employment.objects.not_over(timezone.localdate()).select_related("account", "job_type", "organisation")
    return get_object_or_404(found, pk=pk, organisation=_own(request))


def _not_myself(request: HttpRequest, employment: Employment) -> None:
    if employment.account_id == _myself(request).pk:
        raise StaffError(OWN)
