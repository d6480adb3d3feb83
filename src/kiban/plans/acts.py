"""The plans an office writes itself: 居宅サービス計画 typed in, corrected, agreed to, delivered, taken back.

The gate decides who may; the content is checked before by the kind's schema (``kiban.records.kinds``), as what is
loaded is. Each act answers ``ok``, ``same`` (it stands there already) or what stood in the way.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from kiban.gate.calling import act, read
from kiban.gate.events import Event
from kiban.records import kinds
from kiban.records.items import Problem
from kiban.records.versions import canonical
from kiban.web.request import Caller

ITEM = "careplan.plan"


class Act(StrEnum):
    """What is registered about a plan after it was made."""

    AGREE = "agree"  # 同意・確認用登録
    DELIVER = "deliver"  # 交付用登録


class ContentError(ValueError):
    """The content is no plan. ``problems`` name the fields."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(", ".join(one.field for one in problems))


def own(caller: Caller, insured_key: int, purpose: str) -> dict[str, Any] | None:
    """The person and the own plans in force, newest first (``gate.answer_plan_read``); ``None`` when refused."""
    found: dict[str, Any] | None = read(caller, purpose, Event.PLAN_READ, insured_key)
    return found


def put(caller: Caller, insured_key: int, purpose: str, content: dict[str, Any], *, base: str, reason: str = "") -> str:
    """Store a plan under the day and the office in its content.

    Args:
        base: ``base`` of the version the content was made from; empty for a new plan.
        reason: why; needed for a correction.

    Raises:
        ContentError: the content is not one of the kind.
    """
    if problems := kinds.item(ITEM).problems(content):
        raise ContentError(problems)
    return act(
        caller,
        purpose,
        Event.PLAN_PUT,
        insured_key,
        content=json.loads(canonical(content)),
        made_on=content["made_on"],
        base=base,
        reason=reason,
    )


def keep(
    caller: Caller, insured_key: int, purpose: str, plan: dt.date | None, typed: Mapping[str, list[str]] | None
) -> str:
    """Keep what was typed so far, for the one who typed it; ``None`` drops it.

    Args:
        plan: the day of the plan that is corrected; ``None``: a new one.
    """
    return act(caller, purpose, Event.PLAN_DRAFT, insured_key, plan=plan, typed=typed)


def mark(
    caller: Caller, insured_key: int, purpose: str, kind: Act, made_on: dt.date, *, base: str, on: dt.date, who: str
) -> str:
    """Register agreement or delivery of a plan.

    Args:
        who: who agreed (self, agent, family); to whom it was delivered, in the office's words.
    """
    event = {Act.AGREE: Event.PLAN_AGREE, Act.DELIVER: Event.PLAN_DELIVER}[kind]
    return act(caller, purpose, event, insured_key, made_on=made_on, base=base, on=on, who=who)


def withdraw(caller: Caller, insured_key: int, purpose: str, made_on: dt.date, *, reason: str) -> str:
    """Take a plan back; its versions stay."""
    return act(caller, purpose, Event.PLAN_WITHDRAW, insured_key, made_on=made_on, reason=reason)
