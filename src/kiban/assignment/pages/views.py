"""担当 of one person, as an office and as the insurer sees it, and how an office ends its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from kiban.assignment import acts
from kiban.assignment.assignments import PersonAssignments
from kiban.assignment.pages.access import NOT_IN_CHARGE, get_assignments, refusal
from kiban.assignment.pages.colleagues import colleagues
from kiban.assignment.words import END_REASONS
from kiban.registry.models import Organisation
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest


class EndForm(forms.Form):
    """担当の終了."""

    reason = forms.ChoiceField(label="終了の理由", choices=list(END_REASONS.items()), widget=forms.RadioSelect)


@require_GET
def show(request: SignedInRequest, key: int) -> HttpResponse:
    """Who may look since when and until when, how identity was confirmed, and what can be changed."""
    context = page_context(request, key, get_assignments(request, key))
    return render(request, "assignment/assignment.html", context)


@require_POST
def end(request: SignedInRequest, key: int) -> HttpResponse:
    """The office is no longer in charge of the person; nothing is shown from this moment on."""
    form = EndForm(request.POST)
    if not form.is_valid():
        context = page_context(request, key, get_assignments(request, key)) | {"end_form": form}
        return form_page(request, "assignment/assignment.html", context, form)
    answer = acts.end(request.caller, key, request.purpose, reason=form.cleaned_data["reason"])
    if answer != "ok":
        messages.error(request, refusal(answer, not_found=NOT_IN_CHARGE))
        return redirect("assignment:assignment", key)
    messages.success(request, "担当を終了しました。")
    return redirect("viewing:people")


def page_context(request: SignedInRequest, key: int, assignments: PersonAssignments) -> dict[str, Any]:
    """What the page of a person's 担当 shows."""
    is_office = request.organisation.kind == Organisation.Kind.OFFICE
    return {
        "key": key,
        "staff": colleagues(request.organisation) if is_office else (),
        "is_insurer": request.organisation.kind == Organisation.Kind.MUNICIPALITY,
        "end_form": EndForm(),
        "person": assignments.person,
        "assignments": assignments,
        "handover": assignments.handover,
        "policy": assignments.policy,
    }
