"""緊急時の閲覧 through the gate: opening, looking through, switching on and off.

Functions that write answer ``ok`` or the word that stood in the way, raise as ``calling.perform``, and leave an
entry in the access log either way.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import Q
from django.utils import timezone

from kiban.assignment.acts import FourItems
from kiban.assignment.models import EmergencyRule, EmergencySwitch
from kiban.gate.calling import act, perform, read
from kiban.gate.events import Event
from kiban.registry.models import Organisation
from kiban.web.request import Caller


def open_person(caller: Caller, purpose: str, items: FourItems, *, reason: str) -> tuple[str, int | None]:
    """Open one person for the caller's account without assignment or consent, for as long as the insurer allows.

    Returns:
        ``ok`` or the hindrance (``emergency:off_office``, ``emergency:off_insurer``, ``assignment:no_match`` ...), and
        the person.
    """
    outcome = perform(caller, purpose, Event.EMERGENCY_OPEN, **asdict(items), reason=reason)
    return outcome.result, outcome.answer and outcome.answer["insured_key"]


def opened(caller: Caller, purpose: str, *, pending_only: bool = False) -> list[dict[str, Any]]:
    """What was opened so: of the own organisation, or (for a municipality) about its insured. Administrators only."""
    found = read(caller, purpose, Event.EMERGENCY_LIST, pending=pending_only)
    return found["emergencies"] if found else []


def review(caller: Caller, insured_key: int, purpose: str, number: int, *, verdict: str, note: str) -> str:
    """Sign off an emergency opening: proper, improper or unclear, with a note; never one's own."""
    return act(caller, purpose, Event.EMERGENCY_REVIEW, insured_key, number=number, verdict=verdict, note=note)


def switch(caller: Caller, purpose: str, *, on: bool) -> str:
    """Turn the organisation's own switch; without it nothing can be opened so."""
    return act(caller, purpose, Event.EMERGENCY_SWITCH, on=on)


def is_on(organisation: Organisation) -> bool:
    """Whether the organisation's switch is on."""
    return EmergencySwitch.objects.filter(organisation=organisation, turned_off_at=None).exists()


def decide(rule: EmergencyRule) -> None:
    """Record an insurer's decision about emergencies; needs the owner's rights."""
    rule.save(using="owner", force_insert=True)


def rules() -> list[EmergencyRule]:
    """The insurers' decisions in force, by which emergency openings are possible at all."""
    today = timezone.localdate()
    in_force = EmergencyRule.objects.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gt=today))
    return list(in_force.select_related("insurer").order_by("insurer__number", "-pk"))
