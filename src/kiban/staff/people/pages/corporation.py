"""法人の職員: who works in which office of the corporation, for their administrators; taking somebody over from one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kiban.registry import corporations
from kiban.staff.models import Employment
from kiban.staff.people import levels, services
from kiban.staff.people.pages.forms import GrantForm, JobField, LevelField
from kiban.staff.people.services import StaffError
from kiban.web.access import administrator
from kiban.web.forms import WarekiField
from kiban.web.request import SignedInRequest


class TakeOverForm(GrantForm):
    job_type = JobField()
    level = LevelField()
    starts_on = WarekiField(label="この事業所での最初の日")
    moves = forms.BooleanField(label="異動です。いまの事業所での所属は、その前の日で終えます", required=False)


@administrator
@require_safe
def corporation(request: SignedInRequest) -> HttpResponse:
    everybody = _everybody(request).order_by("organisation__name", "account__kana", "account__name", "starts_on")
    here = set(everybody.filter(organisation=request.organisation).values_list("account", flat=True))
    rows = [(one, one.organisation_id != request.organisation.pk and one.account_id not in here) for one in everybody]
    offices = corporations.offices_of_the_corporation(request.organisation).count()
    shown = {"rows": rows, "offices": offices, "people": len({one.account_id for one, _ in rows})}
    return render(request, "staff/corporation.html", shown)


@administrator
@require_http_methods(["GET", "POST"])
def take_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Employ here, with the same account, somebody who works in another office of the corporation."""
    there = get_object_or_404(_everybody(request).exclude(organisation=request.organisation), pk=pk)
    form = TakeOverForm(
        request.POST or None,
        by=request.employment,
        initial={"job_type": there.job_type_id, "starts_on": timezone.localdate()},
    )
    as_whom = _say_over(request, there)
    if as_whom is None:
        del form.fields["moves"]
    if form.is_valid():
        entered = form.cleaned_data
        try:
            levels.may_grant(request.employment, entered["level"])
            if there.account == request.account:
                raise StaffError("自分を自分で加えることはできません。ほかの管理者か事業所ユーザに頼んでください。")
            with transaction.atomic():
                services.employ(
                    there.account,
                    request.organisation,
                    entered["job_type"],
                    entered["level"],
                    starts_on=entered["starts_on"],
                    by=request.account,
                )
                if entered.get("moves"):
                    services.end_employment(there, entered["starts_on"], by=request.account)
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{there.account.name}さんを、この事業所の職員に加えました。")
            return redirect("staff:people")
    return render(request, "staff/take_over.html", {"form": form, "there": there, "may_move": as_whom is not None})


def _everybody(request: SignedInRequest) -> QuerySet[Employment]:
    offices = corporations.offices_of_the_corporation(request.organisation)
    found = Employment.objects.not_over(timezone.localdate()).filter(organisation__in=offices)
    return found.select_related("account", "organisation", "job_type")


def _say_over(request: SignedInRequest, there: Employment) -> Employment | None:
    """The employment there under which whoever sits here may end that one, if any."""
    mine = Employment.objects.in_force(timezone.localdate()).filter(
        account=request.account, organisation=there.organisation_id
    )
    for one in mine:
        try:
            levels.may_change(one, there)
        except StaffError:
            continue
        return one
    return None
