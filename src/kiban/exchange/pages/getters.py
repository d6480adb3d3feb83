"""What a page of the exchange is about, got with the right to it: the participant, a unit, its files, a month.

Each raises PermissionDenied (only offices take part) or Http404 (there is none of it for this office).
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import Http404

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.unit_lines import State, UnitLine, unit_lines
from kiban.exchange.month.calendar import first_of
from kiban.exchange.participant import Participant
from kiban.registry.models import Organisation
from kiban.web.request import SignedInRequest

LONGEST_NUMBER = 18  # digits, as in the addresses (urls.py): what the database takes for a number


def participant_of(request: SignedInRequest) -> Participant:
    """The office at this screen. Raises PermissionDenied: only offices take part."""
    organisation = request.organisation
    if organisation.kind != Organisation.Kind.OFFICE:
        raise PermissionDenied
    return Participant.of(request.caller, organisation)


def unit_and_neighbours(participant: Participant, number: int) -> tuple[UnitLine, list[UnitLine]]:
    """A unit, and those between the same two offices about the same records. Raises Http404."""
    answer = acts.unit(participant, number)
    if answer is None:
        raise Http404
    unit, neighbours = answer
    line, *others = unit_lines([unit, *neighbours])
    return line, others


def unit_of(participant: Participant, number: int) -> UnitLine:
    """A unit this office sent or received, or its draft. Raises Http404."""
    return unit_and_neighbours(participant, number)[0]


def received_unit(participant: Participant, number: int) -> UnitLine:
    """A unit this office received. Raises Http404: it is not there, or this office's own."""
    line = unit_of(participant, number)
    if line.is_mine:
        raise Http404
    return line


def sent_unit(participant: Participant, number: int) -> UnitLine:
    """A unit this office sent. Raises Http404: it is not there, another office's, or a draft."""
    line = unit_of(participant, number)
    if not line.is_mine or line.state is State.DRAFT:
        raise Http404
    return line


def files_of(participant: Participant, number: int) -> dict[str, bytes]:
    """The files of a unit, by name; they count as fetched. Raises Http404: it is not there, or withdrawn."""
    opened = acts.open_units(participant, [number])
    if opened is None:
        raise Http404
    return opened.files[number]


def month_of(month: str) -> dt.date:
    """The first of a month written YYYYMM. Raises Http404 for what is no month of our time."""
    try:
        return first_of(month)
    except ValueError:
        raise Http404 from None


def ticked_units(request: SignedInRequest) -> list[int]:
    """The numbers of the units that were ticked on a list, in order; what is no number is left out."""
    ticked = set(request.POST.getlist("unit"))
    return sorted({int(text) for text in ticked if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER})
