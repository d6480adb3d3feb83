"""法人の職員: who works in which office of the corporation, for their administrators; taking somebody over from one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kiban.registry import corporations
from kiban.staff.errors import StaffError
from kiban.staff.models import Employment
from kiban.staff.people import employments
from kiban.staff.people.employments import Post
from kiban.staff.people.pages.forms import GrantForm, JobField, LevelField
from kiban.web.access import administrator
from kiban.web.answers import form_page
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
    rows = [
        (employment, employment.organisation_id != request.organisation.pk and employment.account_id not in here)
        for employment in everybody
    ]
    offices = corporations.offices_of_the_corporation(request.organisation).count()
    people = len({employment.account_id for employment, _ in rows})
    context = {"rows": rows, "offices": offices, "people": people}
    return render(request, "staff/corporation.html", context)


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
    may_move = employments.acting_there(request.employment, there) is not None
    if not may_move:
        del form.fields["moves"]
    if form.is_valid():
        entered = form.cleaned_data
        post = Post(entered["job_type"], entered["level"], entered["starts_on"])
        try:
            employments.take_over(there, post, moves=entered.get("moves", False), by=request.employment)
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{there.account.name}さんを、この事業所の職員に加えました。")
            return redirect("staff:people")
    context = {"form": form, "there": there, "may_move": may_move}
    return form_page(request, "staff/take_over.html", context, form)


def _everybody(request: SignedInRequest) -> QuerySet[Employment]:
    offices = corporations.offices_of_the_corporation(request.organisation)
    employments_there = Employment.objects.not_over(timezone.localdate()).filter(organisation__in=offices)
    return employments_there.select_related("account", "organisation", "job_type")
