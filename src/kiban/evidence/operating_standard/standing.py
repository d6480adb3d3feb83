"""What the gate answers about 運営基準, as people and months: facts, and what the rules say of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from kiban.evidence.operating_standard import acts, rules
from kiban.evidence.operating_standard.facts import Fact, PlanMade, Registered, Result, State
from kiban.evidence.operating_standard.months import month_of, months_between
from kiban.evidence.operating_standard.requirements import Requirement
from kiban.evidence.operating_standard.vocabulary import Kind, Tick, Way
from kiban.facts.corrections import Correction
from kiban.plans.documents import ITEM
from kiban.records import kinds
from kiban.web.request import Caller

MOST_MONTHS = 13  # shown of one person: a year, and the same month of the year before


@dataclass(frozen=True)
class Month:
    """A month and how it stands with each requirement."""

    month: dt.date
    results: Mapping[Requirement, Result]

    @property
    def cells(self) -> list[Result]:
        """In the order of a plan's life."""
        return [self.results[one] for one in Requirement]

    @property
    def weight(self) -> tuple[int, ...]:
        """Gaps first: how many are missing, then how many are not known."""
        states = [one.state for one in self.cells]
        return (-states.count(State.MISSING), -states.count(State.UNKNOWN), -states.count(State.COMING))


@dataclass(frozen=True)
class Standing:
    """A person whose plan the office makes.

    Attributes:
        since: the day from which the office makes the plan.
        responsible: 担当ケアマネ, or nothing.
    """

    key: int
    name: str
    kana: str
    insurer: str
    since: dt.date
    responsible: str
    plans: Sequence[PlanMade]
    facts: Sequence[Fact]
    corrections: Sequence[Correction] = ()

    def month(self, month: dt.date, today: dt.date) -> Month:
        """How it stands in one month."""
        return Month(month, rules.judge(month, today, self.plans, self.facts))

    def months(self, today: dt.date) -> list[Month]:
        """The months in which the office makes the plan, the newest first."""
        found = months_between(self.since, today)[-MOST_MONTHS:]
        return [self.month(one, today) for one in reversed(found)]

    def fact(self, number: int) -> Fact | None:
        """A fact that was not taken back, by its number."""
        return next((one for one in self.facts if one.number == number and not one.is_mistaken), None)

    @cached_property
    def entered(self) -> list[tuple[Fact, Correction | None]]:
        """What was entered, the newest first; of what was taken back also who says so."""
        by_number = {one.number: one for one in self.corrections}
        ordered = sorted(self.facts, key=lambda one: (one.on, one.number), reverse=True)
        return [(one, by_number.get(one.number) if one.is_mistaken else None) for one in ordered]


def of_person(caller: Caller, key: int, purpose: str) -> Standing | None:
    """One person; ``None`` where the office does not make the person's plan."""
    answer = acts.of_person(caller, key, purpose)
    if answer is None:
        return None
    return _standing(answer["person"], [Correction.of(one) for one in answer["corrections"]])


def of_month(caller: Caller, purpose: str, month: dt.date, *, own_only: bool) -> list[Standing] | None:
    """Everybody whose plan the office makes in a month; ``None`` for one that is no 居宅介護支援."""
    outcome = acts.of_month(caller, purpose, month, own_only=own_only)
    return None if outcome.answer is None else [_standing(one) for one in outcome.answer["people"]]


def _standing(answer: dict[str, Any], corrections: Sequence[Correction] = ()) -> Standing:
    return Standing(
        key=answer["key"],
        name=answer["name"],
        kana=answer["kana"],
        insurer=answer["insurer_name"] or "",
        since=dt.date.fromisoformat(answer["since"]),
        responsible=answer["responsible"] or "",
        plans=[_plan(one) for one in answer["plans"]],
        facts=[_fact(one) for one in answer["facts"]],
        corrections=corrections,
    )


def _plan(answer: dict[str, Any]) -> PlanMade:
    made_on = dt.date.fromisoformat(answer["made_on"])
    signer = answer["agreed_by"]
    return PlanMade(
        made_on=made_on,
        is_first=_day(answer["first_made_on"]) == made_on,
        agreed=_registered(
            answer["agreed_on"],
            answer["agreed"],
            kinds.item(ITEM).by_name["agreed_by"].show(signer) if signer else "",
        ),
        delivered=_registered(answer["delivered_on"], answer["delivered"], answer["delivered_to"] or ""),
    )


def _registered(day: str | None, entered: dict[str, Any] | None, whom: str) -> Registered | None:
    if day is None or entered is None:
        return None
    return Registered(dt.date.fromisoformat(day), whom, _moment(entered["at"]), entered["account"] or "")


def _fact(answer: dict[str, Any]) -> Fact:
    return Fact(
        number=answer["number"],
        kind=Kind(answer["kind"]),
        on=dt.date.fromisoformat(answer["on"]),
        way=Way(answer["way"]),
        ticks=frozenset(Tick(one) for one in answer["ticks"]),
        written_on=_day(answer["written_on"]),
        recorded_at=_moment(answer["recorded_at"]),
        by=answer["account"] or "",
        is_mistaken=answer["mistaken_at"] is not None,
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _moment(text: str) -> dt.datetime:
    """In Japan: the month something was entered in is Japan's."""
    return timezone.localtime(dt.datetime.fromisoformat(text))


def this_month() -> dt.date:
    """The first of the month of today."""
    return month_of(timezone.localdate())
