"""What the insurer does about 担当 of its insured: registers an organisation, takes one away."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kiban.assignment import acts
from kiban.assignment.pages.access import NOT_OF_THIS_INSURER, get_assignments_as_insurer, refusal
from kiban.assignment.pages.typed import not_past, office_number
from kiban.assignment.pages.views import EndForm, page_context
from kiban.assignment.words import CAPACITIES
from kiban.web.answers import form_page
from kiban.web.forms import NumberField, WarekiField
from kiban.web.request import SignedInRequest


class GrantForm(forms.Form):
    """The insurer registers an organisation as 担当 itself."""

    organisation_number = NumberField(
        label="事業所番号・医療機関コード", digits=10, help_text="10桁。3桁目だけは英字のこともあります。"
    )
    capacity = forms.ChoiceField(label="立場", choices=list(CAPACITIES.items()), widget=forms.RadioSelect)
    viewing_from = WarekiField(label="閲覧の開始日")
    viewing_last = WarekiField(label="閲覧の最終日")

    def clean_organisation_number(self) -> str:
        return office_number(self.cleaned_data["organisation_number"])

    def clean_viewing_last(self) -> dt.date:
        return not_past(self.cleaned_data["viewing_last"])


@require_http_methods(["GET", "POST"])
def grant(request: SignedInRequest, key: int) -> HttpResponse:
    """The insurer itself registers an organisation as 担当 of one of its insured."""
    assignments = get_assignments_as_insurer(request, key)
    form = GrantForm(request.POST or None, initial={"viewing_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        answer = acts.grant(
            request.caller,
            key,
            request.purpose,
            organisation_number=data["organisation_number"],
            capacity=data["capacity"],
            viewing_from=data["viewing_from"],
            viewing_to=data["viewing_last"] + dt.timedelta(days=1),
        )
        if answer == "ok":
            messages.success(request, "担当を登録しました。")
            return redirect("assignment:assignment", key)
        form.add_error(None, refusal(answer, not_found=NOT_OF_THIS_INSURER))
    context = {"key": key, "person": assignments.person, "form": form}
    return form_page(request, "assignment/grant.html", context, form)


@require_POST
def revoke(request: SignedInRequest, key: int) -> HttpResponse:
    """The insurer itself takes a 担当 away."""
    form = EndForm(request.POST)
    assignments = get_assignments_as_insurer(request, key)
    if not form.is_valid():
        context = page_context(request, key, assignments) | {"end_form": form}
        return form_page(request, "assignment/assignment.html", context, form)
    answer = acts.revoke(
        request.caller,
        key,
        request.purpose,
        organisation_number=request.POST.get("organisation_number", ""),
        reason=form.cleaned_data["reason"],
    )
    if answer == "ok":
        messages.success(request, "担当を外しました。この事業所には、いまから表示されません。")
    else:
        messages.error(request, refusal(answer, not_found=NOT_OF_THIS_INSURER))
    return redirect("assignment:assignment", key)
