"""計画書: the plans an office has for a person, as the gate answers them, and what was typed and not stored yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiban.plans import acts
from kiban.plans.documents import DAYS, ITEM
from kiban.records import kinds
from kiban.terms.purposes import Purpose
from kiban.web.request import Caller

PURPOSE = Purpose.CARE_PLANNING
NOT_COPIED = {"made_on", *DAYS, "agreed_on", "agreed_by", "delivered_on", "delivered_to"}


@dataclass(frozen=True)
class OfficePlan:
    """A plan in force that the caller's office made."""

    made_on: dt.date
    base: str
    version: int
    registered_at: dt.datetime
    reason: str
    account: str
    content: dict[str, Any]

    @property
    def number(self) -> int:
        """How an address names the plan: its day as YYYYMMDD."""
        return _number(self.made_on)

    @property
    def agreed_on(self) -> dt.date | None:
        return _day(self.content.get("agreed_on"))

    @property
    def agreed_by(self) -> str:
        return kinds.item(ITEM).by_name["agreed_by"].show(self.content["agreed_by"])

    @property
    def delivered_on(self) -> dt.date | None:
        return _day(self.content.get("delivered_on"))


@dataclass(frozen=True)
class Draft:
    """What was typed and not stored.

    Attributes:
        made_on: day of the plan that is being corrected; ``None`` for a new plan.
        typed: the values of each input, by its name.
    """

    made_on: dt.date | None
    saved_at: dt.datetime
    typed: dict[str, list[str]]

    @property
    def number(self) -> int:
        """How an address names the plan; 0 for a new one."""
        return _number(self.made_on) if self.made_on else 0


@dataclass(frozen=True)
class PersonPlans:
    """A person and the plans (newest first) and drafts that the caller's office has for them."""

    key: int
    person: dict[str, Any]
    plans: list[OfficePlan]
    drafts: list[Draft]

    def draft(self, plan: OfficePlan | None) -> Draft | None:
        """What was typed and not stored of this plan; ``None`` asks for that of a new plan."""
        day = plan.made_on if plan else None
        return next((draft for draft in self.drafts if draft.made_on == day), None)

    def plan(self, number: int) -> OfficePlan | None:
        """The plan with this number in its address, if it is still there."""
        return next((plan for plan in self.plans if plan.number == number), None)


def read(caller: Caller, key: int) -> PersonPlans | None:
    """The plans and drafts of a person; ``None`` where the office does not make the person's plan."""
    answer = acts.own(caller, key, PURPOSE)
    if answer is None:
        return None
    plans = [
        OfficePlan(
            made_on=dt.date.fromisoformat(plan["made_on"]),
            base=plan["base"],
            version=plan["version"],
            registered_at=dt.datetime.fromisoformat(plan["registered_at"]),
            reason=plan["reason"],
            account=plan["account"] or "",
            content=plan["content"],
        )
        for plan in answer["plans"]
    ]
    drafts = [
        Draft(_day(draft["plan"]), dt.datetime.fromisoformat(draft["saved_at"]), draft["typed"])
        for draft in answer["drafts"]
    ]
    return PersonPlans(key, answer["person"], plans, drafts)


def copied(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a new plan takes over from an earlier one: everything but its days, agreement and delivery."""
    return {name: value for name, value in content.items() if name not in NOT_COPIED}


def _number(day: dt.date) -> int:
    return int(f"{day:%Y%m%d}")


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
