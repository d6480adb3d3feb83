"""What an office has to see to about 担当, and the first 担当 of a new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils import timezone

from kiban.assignment import waiting
from kiban.assignment.waiting import Waiting
from kiban.ops.room import FirstStep, Notice, Visitor, Workplace
from kiban.terms.months import month_after


def own(visitor: Visitor) -> Iterator[Notice]:
    """Of the visitor's organisation. Raises as ``gate.calling.call``."""
    numbers = waiting.own(visitor.caller, visitor.purpose)
    yield from lines(numbers, timezone.localdate(), is_administrator=visitor.is_administrator)


def everywhere(today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
    """Of all organisations, counted once. Needs the worker's rights."""
    counted = waiting.everywhere(today)

    def of(workplace: Workplace) -> Iterator[Notice]:
        numbers = counted.get(workplace.organisation.pk, Waiting())
        return lines(numbers, today, is_administrator=workplace.is_administrator)

    return of


def lines(numbers: Waiting, today: dt.date, *, is_administrator: bool) -> Iterator[Notice]:
    """担当 that lapses, hand-overs offered, emergencies to look through."""
    if numbers.emergencies and is_administrator:
        yield Notice(
            f"緊急時の閲覧を確かめてください({numbers.emergencies}件)",
            reverse("assignment:emergencies"),
            "確かめる",
            mark="緊急",
            bad=True,
        )
    if numbers.lapsing:
        month_end = month_after(today) - dt.timedelta(days=1)
        yield Notice(
            f"担当の閲覧の期間が今月で切れます({numbers.lapsing}名)",
            reverse("assignment:lapsing"),
            "続けるか確かめる",
            (month_end - today).days,
        )
    if numbers.offers:
        yield Notice(
            f"ほかの事業所から引き継ぎの申し出があります({numbers.offers}件)",
            reverse("assignment:handovers"),
            "受ける",
            mark="引き継ぎ",
        )


def first_steps() -> Iterator[FirstStep]:
    """The first person."""
    yield FirstStep(
        90,
        "assignment-register",
        "担当の利用者を登録する",
        "本人確認をして、担当として登録します。同意を伺うと、情報を開けます。",
        reverse("assignment:register"),
        done=None,
    )
