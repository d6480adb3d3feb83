"""What makes a requirement arise: a plan made or changed, a renewed or changed certification."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiban.evidence.operating_standard.facts import Fact, PlanMade
from kiban.evidence.operating_standard.vocabulary import Kind, Way

OF_PLANS = {Way.NEW_PLAN, Way.CHANGED_PLAN}


@dataclass(frozen=True, order=True)
class Occasion:
    """A day on which something began that asks for proof. ``is_first``: care began with it."""

    on: dt.date
    is_first: bool = False
    what: str = field(default="計画書", compare=False)


@dataclass(frozen=True)
class Occasions:
    """All of a person's, by day, once a day.

    Attributes:
        plans: plans made or changed.
        certifications: renewed and changed certifications.
    """

    plans: Sequence[Occasion]
    certifications: Sequence[Occasion]

    @classmethod
    def of(cls, plans: Sequence[PlanMade], facts: Sequence[Fact]) -> Occasions:
        """From the plans the platform holds and from what was entered; a day that stands in both counts once."""
        entered = [fact for fact in facts if fact.kind is Kind.OCCASION and not fact.is_mistaken]
        firsts = {plan.made_on for plan in plans if plan.is_first}
        firsts |= {fact.on for fact in entered if fact.way is Way.NEW_PLAN}
        days = {plan.made_on for plan in plans} | {fact.on for fact in entered if fact.way in OF_PLANS}
        changes = {fact.on for fact in entered if fact.way not in OF_PLANS}
        return cls(
            sorted(Occasion(day, day in firsts and day == min(days)) for day in days),
            [Occasion(day, what="認定") for day in sorted(changes)],
        )

    def plan_of(self, until: dt.date) -> Occasion | None:
        """The plan that holds on a day (the last one made)."""
        return _last(self.plans, until)

    def certification_of(self, until: dt.date) -> Occasion | None:
        """The last certification up to a day."""
        return _last(self.certifications, until)

    def before_plan(self, occasion: Occasion) -> dt.date | None:
        """The day of the plan before: what was done up to then answered that one."""
        earlier = [one.on for one in self.plans if one.on < occasion.on]
        return max(earlier, default=None)

    def before_certification(self, occasion: Occasion) -> dt.date | None:
        """The same of a certification: the plan or the certification before it."""
        earlier = [one.on for one in (*self.plans, *self.certifications) if one.on < occasion.on]
        return max(earlier, default=None)

    def begins_after(self, until: dt.date) -> bool:
        """Whether care begins only after that day, as far as is known."""
        first = min(self.plans, default=None)
        return first is not None and first.is_first and first.on > until

    def is_first_month(self, month: dt.date, until: dt.date) -> bool:
        """Whether care began in this month, as far as is known."""
        first = min(self.plans, default=None)
        return first is not None and first.is_first and month <= first.on <= until


def _last(occasions: Sequence[Occasion], until: dt.date) -> Occasion | None:
    return max((one for one in occasions if one.on <= until), default=None)
