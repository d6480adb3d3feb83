"""受信 and 送信: what came and what went, and how far each unit has come."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kiban.exchange.boxes import acts, words
from kiban.exchange.boxes.acts import Seat
from kiban.exchange.boxes.words import IN_A_BOX, Shown, State
from kiban.registry.models import Organisation
from kiban.web.request import SignedInRequest

MOST_UNITS = 5000
PAGE = 50
LONGEST_NUMBER = 18  # digits, as in the addresses (urls.py): what the database takes for a number
_FIRST = {State.UNREAD: 0, State.OPENED: 1}  # then what is settled


def seat_of(request: SignedInRequest) -> Seat:
    """Who sits at this screen, for the gate. Raises PermissionDenied: only offices take part."""
    organisation = request.organisation
    if organisation.kind != Organisation.Kind.OFFICE:
        raise PermissionDenied
    return Seat.of(request.caller, organisation)


def chosen(request: SignedInRequest) -> list[int]:
    """The units that were ticked, in order."""
    ticked = set(request.POST.getlist("unit"))
    return sorted({int(one) for one in ticked if one.isascii() and one.isdecimal() and len(one) <= LONGEST_NUMBER})


@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """受信: what has not been read yet comes first, in the order in which it is to be taken in."""
    return _box(request, "in")


@require_GET
def outbox(request: SignedInRequest) -> HttpResponse:
    """送信: what this office sent, newest first, and what the receivers said."""
    return _box(request, "out")


def _box(request: SignedInRequest, which: str) -> HttpResponse:
    seat = seat_of(request)
    told, _, refusal = acts.box(seat, which, limit=MOST_UNITS)
    if refusal is not None:
        raise PermissionDenied
    units = words.shown(told)
    month, state = request.GET.get("month", ""), request.GET.get("state", "")
    found = [one for one in units if (not month or one.month == month) and (not state or one.state == state)]
    context = {
        "which": which,
        "page": Paginator(_in_order(found) if which == "in" else found, PAGE).get_page(request.GET.get("page")),
        "total": len(units),
        "found": len(found),
        "unread": sum(one.state is State.UNREAD for one in units),
        "drafts": len(acts.drafts(seat)),
        "months": [(one, words.month_title(one)) for one in sorted({one.month for one in units} - {""})[::-1]],
        "states": [(one.value, one.label) for one in IN_A_BOX],
        "month": month,
        "state": state,
        "place": "inbox" if which == "in" else "outbox",
    }
    return render(request, "exchange/box.html", context)


def _in_order(units: Iterable[Shown]) -> list[Shown]:
    """What waits, oldest first, as it is to be taken in (the gate's order); then the rest, newest first."""
    units = list(units)
    waiting = [one for one in units if one.state in _FIRST]
    settled = [one for one in units if one.state not in _FIRST]
    return sorted(waiting, key=lambda one: _FIRST[one.state]) + settled[::-1]
