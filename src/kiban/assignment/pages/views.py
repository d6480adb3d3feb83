"""担当 of one person: registering after 本人確認, what is registered, ending; what an insurer grants and takes away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.assignment import acts
from kiban.assignment.pages.forms import EndForm, GrantForm, RegisterForm
from kiban.assignment.words import ALL_END_REASONS, CAPACITIES, CONTINUED_BY, METHODS, PLACES, missed
from kiban.registry.models import Organisation
from kiban.web.request import SignedInRequest

STRANGER = ("assignment:none", "assignment:other_insurer", "role:not_insurer")


@require_http_methods(["GET", "POST"])
def register(request: SignedInRequest) -> HttpResponse:
    """担当の登録: identity confirmed, office registered, with a viewing period."""
    organisation = request.organisation
    if organisation.kind != Organisation.Kind.OFFICE:
        raise Http404
    form = RegisterForm(organisation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        result, key = acts.register(
            request.caller,
            request.purpose,
            form.items(),
            method=data["method"],
            place=data["place"],
            document=data["document"].strip(),
            capacity=data["capacity"],
            viewing_from=data["viewing_from"],
            viewing_to=_day_after(data["viewing_last"]),
            proof=request.POST.get("proof") or None,
        )
        if result == "ok" and key is not None:
            messages.success(request, "担当として登録しました。")
            return redirect("viewing:person", key)
        form.add_error(None, missed(result))
    return render(request, "assignment/register.html", {"form": form}, status=200 if not form.errors else 400)


@require_GET
def assignment(request: SignedInRequest, key: int) -> HttpResponse:
    """担当: who may look since when and until when, how identity was confirmed, and what can be changed."""
    state = _state(request, key)
    return render(request, "assignment/assignment.html", _shown(request, key, state))


@require_POST
def end_assignment(request: SignedInRequest, key: int) -> HttpResponse:
    """The office is no longer in charge of the person; nothing is shown from this moment on."""
    form = EndForm(request.POST)
    if not form.is_valid():
        state = _state(request, key)
        return render(
            request, "assignment/assignment.html", {**_shown(request, key, state), "end_form": form}, status=400
        )
    result = acts.end(request.caller, key, request.purpose, reason=form.cleaned_data["reason"])
    if result != "ok":
        messages.error(request, missed(result, stranger=STRANGER))
        return redirect("assignment:assignment", key)
    messages.success(request, "担当を終了しました。")
    return redirect("viewing:people")


@require_http_methods(["GET", "POST"])
def grant(request: SignedInRequest, key: int) -> HttpResponse:
    """The insurer itself registers an organisation as 担当 of one of its insured."""
    state = _insurers_state(request, key)
    form = GrantForm(request.POST or None, initial={"viewing_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        result = acts.grant(
            request.caller,
            key,
            request.purpose,
            organisation_number=data["organisation_number"],
            capacity=data["capacity"],
            viewing_from=data["viewing_from"],
            viewing_to=data["viewing_last"] + dt.timedelta(days=1),
        )
        if result == "ok":
            messages.success(request, "担当を登録しました。")
            return redirect("assignment:assignment", key)
        form.add_error(None, missed(result, stranger=STRANGER[1:]))
    context = {**_shown(request, key, state), "form": form}
    return render(request, "assignment/grant.html", context, status=200 if not form.errors else 400)


@require_POST
def revoke(request: SignedInRequest, key: int) -> HttpResponse:
    """The insurer itself takes a 担当 away."""
    form = EndForm(request.POST)
    state = _insurers_state(request, key)
    if not form.is_valid():
        return render(
            request, "assignment/assignment.html", {**_shown(request, key, state), "end_form": form}, status=400
        )
    result = acts.revoke(
        request.caller,
        key,
        request.purpose,
        organisation_number=request.POST.get("organisation_number", ""),
        reason=form.cleaned_data["reason"],
    )
    if result == "ok":
        messages.success(request, "担当を外しました。この事業所には、いまから表示されません。")
    else:
        messages.error(request, missed(result, stranger=STRANGER[1:]))
    return redirect("assignment:assignment", key)


def _state(request: SignedInRequest, key: int) -> dict[str, Any]:
    """What the gate tells of the person's 担当. Raises Http404 for a stranger."""
    found = acts.state(request.caller, key, request.purpose)
    if found is None:
        raise Http404
    return found


def _insurers_state(request: SignedInRequest, key: int) -> dict[str, Any]:
    if request.organisation.kind != Organisation.Kind.MUNICIPALITY:
        raise Http404
    return _state(request, key)


def _shown(request: SignedInRequest, key: int, state: dict[str, Any]) -> dict[str, Any]:
    today = timezone.localdate()
    rows = [_row(entry, today) for entry in state["assignments"]]
    policy = state["policy"]
    return {
        "key": key,
        "is_insurer": request.organisation.kind == Organisation.Kind.MUNICIPALITY,
        "end_form": EndForm(),
        "person": state["person"],
        "now": [row for row in rows if row["in_force"]],
        "before": [row for row in rows if not row["in_force"]],
        "confirmations": [
            {
                **entry,
                "confirmed_on": dt.date.fromisoformat(entry["confirmed_on"]),
                "method": METHODS[entry["method"]],
                "place": PLACES.get(entry["place"], ""),
            }
            for entry in state["confirmations"]
        ],
        "handover": state["handover"]
        and {**state["handover"], "starts_on": dt.date.fromisoformat(state["handover"]["starts_on"])},
        "policy": policy,
        "makes_plan": any(row["in_force"] and row["capacity_key"] == "plan" for row in rows),
    }


def _row(entry: dict[str, Any], today: dt.date) -> dict[str, Any]:
    start, end = dt.date.fromisoformat(entry["viewing_from"]), _date(entry["viewing_to"])
    return {
        **entry,
        "capacity_key": entry["capacity"],
        "capacity": CAPACITIES[entry["capacity"]],
        "viewing_from": start,
        "viewing_to": end,
        "ended_at": entry["ended_at"] and dt.datetime.fromisoformat(entry["ended_at"]),
        "recorded_at": dt.datetime.fromisoformat(entry["recorded_at"]),
        "end_reason": ALL_END_REASONS.get(entry["end_reason"] or "", ""),
        "in_force": entry["ended_at"] is None and (end is None or end > today),
        "not_begun": start > today,
        "continued": [
            {**one, "month": dt.date.fromisoformat(one["month"]), "source": CONTINUED_BY[one["source"]]}
            for one in entry["continued"] or []
        ],
    }


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _day_after(last: dt.date | None) -> dt.date | None:
    return last and last + dt.timedelta(days=1)
