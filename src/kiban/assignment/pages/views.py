"""担当 of one person, as an office and as the insurer sees it, and how an office ends its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.assignment import acts
from kiban.assignment.assignments import PersonAssignments
from kiban.assignment.pages.access import NOT_IN_CHARGE, get_assignments, refusal
from kiban.assignment.pages.colleagues import colleagues
from kiban.assignment.words import END_REASONS
from kiban.facts.pages.mistake import FactMistakeForm, mistake_page
from kiban.registry.models import Organisation
from kiban.terms.wareki import to_wareki
from kiban.web import once
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

ENDED = "assignment:ended"
# What it means to take each of them back.
MISTAKE = {
    "assignment": "この担当はなかったことになります。この方の情報は、いまから表示されません。"
    "この登録で終わったほかの事業所の担当は、もとに戻ります。",
    "ending": "担当は終わらなかったことになり、いまから続きます。",
    "identity": "この本人確認はなかったことになります。ほかに本人確認がなければ、情報は表示されません。",
}


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
    once.keep(request, ENDED, person=key)
    return redirect(ENDED, key)


@require_http_methods(["GET", "POST"])
def ended(request: SignedInRequest, key: int) -> HttpResponse:
    """After the end, for as long as somebody may still see that it was the wrong person: back to 担当."""
    kept = once.waiting(request, ENDED)
    if kept is None or kept["person"] != key:
        raise Http404
    form = FactMistakeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        answer = acts.correct(request.caller, key, request.purpose, subject="ending", number=None, reason=reason)
        if answer == "ok":
            once.take(request, ENDED)
            messages.success(request, "担当に戻しました。終了は、登録のまちがいとして残ります。")
            return redirect("assignment:assignment", key)
        form.add_error(None, refusal(answer))
    return form_page(request, "assignment/ended.html", {"form": form}, form)


@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, key: int, subject: str, number: int) -> HttpResponse:
    """登録のまちがい: a 担当 that never was, an ending too early, an identity that was somebody else's."""
    assignments = get_assignments(request, key)
    what = _named(assignments, subject, number)

    def take_back(reason: str) -> str:
        answer = acts.correct(request.caller, key, request.purpose, subject=subject, number=number, reason=reason)
        return "" if answer == "ok" else refusal(answer)

    back = reverse("assignment:assignment", args=[key])
    return mistake_page(
        request,
        name=assignments.person["name"],
        what=what,
        meaning=MISTAKE[subject],
        back=back,
        take_back=take_back,
        done=f"「{what}」を、登録のまちがいとして取り消しました。",
        # Of a 担当 that never was, this office sees nothing more.
        then=reverse("viewing:people") if subject == "assignment" else back,
    )


def _named(assignments: PersonAssignments, subject: str, number: int) -> str:
    """What an address names, of those this organisation can take back. Raises Http404 for anything else."""
    own = {one.number: one for one in assignments.assignments if one.is_ours and not one.is_mistaken}
    checks = {one.number: one for one in assignments.confirmations if not one.is_mistaken}
    if subject == "assignment" and number in own and own[number].registered_here:
        return f"担当の登録({own[number].capacity_in_words})"
    if subject == "ending" and number in own and own[number].can_go_on_again:
        return f"担当の終了({own[number].capacity_in_words})"
    if subject == "identity" and number in checks:
        return f"本人確認({to_wareki(checks[number].confirmed_on)})"
    raise Http404


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
