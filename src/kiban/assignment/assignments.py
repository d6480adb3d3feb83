"""担当 of one person as the gate answers it: who is in charge since when, how identity was confirmed, a hand-over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from kiban.assignment import acts
from kiban.assignment.words import ALL_END_REASONS, CAPACITIES, CONTINUED_BY, METHODS, PLACES
from kiban.facts.corrections import Correction
from kiban.web.request import Caller


@dataclass(frozen=True)
class Continuation:
    """A month in which the service went on, and how that is known."""

    month: dt.date
    source: str
    account: str


@dataclass(frozen=True)
class Assignment:
    """One organisation in charge of the person.

    Attributes:
        viewing_to: first day on which nothing is shown any more; ``None``: no end is set.
        account: who registered it; empty for municipal data.
        is_mistaken: it never was: taken back as a mistake.
        is_ours: the reader's organisation's.
        registered_here: by the reader's organisation itself, not by the insurer.
        ended_here: its end by hand is the reader's organisation's act.
    """

    number: int
    organisation: str
    organisation_number: str
    capacity: str
    viewing_from: dt.date
    viewing_to: dt.date | None
    ended_at: dt.datetime | None
    end_reason: str
    account: str
    recorded_at: dt.datetime
    continued: list[Continuation]
    is_mistaken: bool
    is_ours: bool
    registered_here: bool
    ended_here: bool

    @property
    def can_go_on_again(self) -> bool:
        """Whether its end can be taken back as a mistake."""
        return self.ended_here and self.ended_at is not None and not self.is_mistaken

    @property
    def capacity_in_words(self) -> str:
        return CAPACITIES[self.capacity]

    @property
    def is_in_force(self) -> bool:
        """Neither ended nor past its viewing period; it may begin on a later day."""
        return self.ended_at is None and (self.viewing_to is None or self.viewing_to > timezone.localdate())

    @property
    def begins_later(self) -> bool:
        return self.viewing_from > timezone.localdate()


@dataclass(frozen=True)
class Confirmation:
    """本人確認: on which day, how and where the reader's office confirmed who the person is."""

    number: int
    is_mistaken: bool
    confirmed_on: dt.date
    method: str
    place: str
    document: str
    revocation: str
    account: str


@dataclass(frozen=True)
class HandOver:
    """An open offer to the next office that makes the plan."""

    to: str
    to_number: str
    starts_on: dt.date
    note: str


@dataclass(frozen=True)
class Responsible:
    """担当ケアマネ: who in the reader's office looks after the person."""

    account: int
    name: str
    since: dt.datetime


@dataclass(frozen=True)
class PersonAssignments:
    """A person, the 担当 the reader may know of, and the rule they go by."""

    person: dict[str, Any]
    assignments: list[Assignment]
    confirmations: list[Confirmation]
    handover: HandOver | None
    responsible: Responsible | None
    policy: dict[str, Any]
    corrections: list[Correction]

    @property
    def in_force(self) -> list[Assignment]:
        return [assignment for assignment in self.assignments if assignment.is_in_force]

    @property
    def over(self) -> list[Assignment]:
        return [assignment for assignment in self.assignments if not assignment.is_in_force]

    @property
    def makes_plan(self) -> bool:
        """Whether an office among them makes the person's plan."""
        return any(assignment.capacity == "plan" for assignment in self.in_force)


def read(caller: Caller, key: int, purpose: str) -> PersonAssignments | None:
    """The 担当 of a person; ``None`` where the caller's organisation may know nothing of them."""
    answer = acts.state(caller, key, purpose)
    if answer is None:
        return None
    return PersonAssignments(
        person=answer["person"],
        assignments=[_assignment(assignment) for assignment in answer["assignments"]],
        confirmations=[_confirmation(confirmation) for confirmation in answer["confirmations"]],
        handover=answer["handover"] and _handover(answer["handover"]),
        responsible=answer["responsible"] and _responsible(answer["responsible"]),
        policy=answer["policy"],
        corrections=list(map(Correction.of, answer["corrections"])),
    )


def _assignment(answer: dict[str, Any]) -> Assignment:
    return Assignment(
        number=answer["number"],
        is_mistaken=answer["mistaken_at"] is not None,
        is_ours=bool(answer["own"]),
        registered_here=bool(answer["registered_here"]),
        ended_here=bool(answer["ended_here"]),
        organisation=answer["organisation"],
        organisation_number=answer["organisation_number"],
        capacity=answer["capacity"],
        viewing_from=dt.date.fromisoformat(answer["viewing_from"]),
        viewing_to=answer["viewing_to"] and dt.date.fromisoformat(answer["viewing_to"]),
        ended_at=answer["ended_at"] and dt.datetime.fromisoformat(answer["ended_at"]),
        end_reason=ALL_END_REASONS.get(answer["end_reason"] or "", ""),
        account=answer["account"] or "",
        recorded_at=dt.datetime.fromisoformat(answer["recorded_at"]),
        continued=[
            Continuation(dt.date.fromisoformat(month["month"]), CONTINUED_BY[month["source"]], month["account"] or "")
            for month in answer["continued"] or []
        ],
    )


def _confirmation(answer: dict[str, Any]) -> Confirmation:
    return Confirmation(
        number=answer["number"],
        is_mistaken=answer["mistaken_at"] is not None,
        confirmed_on=dt.date.fromisoformat(answer["confirmed_on"]),
        method=METHODS[answer["method"]],
        place=PLACES.get(answer["place"], ""),
        document=answer["document"] or "",
        revocation=answer["revocation"] or "",
        account=answer["account"] or "",
    )


def _handover(answer: dict[str, Any]) -> HandOver:
    return HandOver(
        to=answer["to"],
        to_number=answer["to_number"],
        starts_on=dt.date.fromisoformat(answer["starts_on"]),
        note=answer["note"] or "",
    )


def _responsible(answer: dict[str, Any]) -> Responsible:
    return Responsible(answer["account"], answer["name"], dt.datetime.fromisoformat(answer["since"]))
