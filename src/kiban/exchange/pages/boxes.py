"""受信 and 送信: what came and what went, and how far each unit has come."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.unit_lines import IN_A_BOX, State, UnitLine, unit_lines
from kiban.exchange.pages.getters import participant_of
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.web.request import SignedInRequest

PAGE = 50
_WAITING = {State.UNREAD: 0, State.OPENED: 1}  # in this order; then what is settled


@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """受信: what has not been read yet comes first, in the order in which it is to be taken in."""
    return _box(request, "in")


@require_GET
def outbox(request: SignedInRequest) -> HttpResponse:
    """送信: what this office sent, newest first, and what the receivers said."""
    return _box(request, "out")


def _box(request: SignedInRequest, which: str) -> HttpResponse:
    participant = participant_of(request)
    answer, _, refusal = acts.box(participant, which, limit=acts.EVERYTHING)
    if refusal is not None:
        raise PermissionDenied
    units = unit_lines(answer)
    month, state = request.GET.get("month", ""), request.GET.get("state", "")
    chosen = [unit for unit in units if month in ("", unit.month) and state in ("", unit.state)]
    context = {
        "which": which,
        "page": Paginator(_in_order(chosen) if which == "in" else chosen, PAGE).get_page(request.GET.get("page")),
        "total": len(units),
        "found": len(chosen),
        "unread": sum(unit.state is State.UNREAD for unit in units),
        "drafts": len(acts.drafts(participant)),
        "months": [(value, month_in_words(value)) for value in sorted({unit.month for unit in units} - {""})[::-1]],
        "states": [(value.value, value.label) for value in IN_A_BOX],
        "month": month,
        "state": state,
        "place": "inbox" if which == "in" else "outbox",
    }
    return render(request, "exchange/box.html", context)


def _in_order(units: Sequence[UnitLine]) -> list[UnitLine]:
    """What waits, oldest first, as it is to be taken in (the gate's order); then the rest, newest first."""
    waiting = [unit for unit in units if unit.state in _WAITING]
    settled = [unit for unit in units if unit.state not in _WAITING]
    return sorted(waiting, key=lambda unit: _WAITING[unit.state]) + settled[::-1]
