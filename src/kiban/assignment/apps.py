from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from kiban.ops.room import DemoTown, FirstStep, Notice, Room, Step, Today, Visitor, Workplace

if TYPE_CHECKING:
    from kiban.registry.models import Organisation


class AssignmentConfig(Room):
    name = "kiban.assignment"
    label = "assignment"
    verbose_name = "担当"
    sql_functions = (
        "policy",
        "identity",
        "responsible",
        "registering",
        "corrections",
        "lapsing",
        "handover",
        "grants",
        "reading",
        "emergency",
        "waiting",
    )

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.assignment.words``."""
        from kiban.assignment.words import ANSWERS

        return ANSWERS

    def reference_data(self) -> None:
        """Load the rule of 担当."""
        from kiban.assignment import policy

        policy.load()

    def daily(self) -> Iterator[Step]:
        """Proofs of cards that prove nothing any more."""
        from kiban.assignment import card_proofs

        yield Step("古いカードの確認の片付け", card_proofs.tidy)

    def today(self, visitor: Visitor) -> Today:
        """担当 that lapses, hand-overs offered, emergencies to look through."""
        from kiban.assignment import notices

        return Today(list(notices.own(visitor)))

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """The same in the e-mail."""
        from kiban.assignment import notices

        return notices.everywhere(today)

    def first_steps(self, organisation: Organisation) -> Iterator[FirstStep]:
        """The first person."""
        from kiban.assignment import notices

        yield from notices.first_steps()

    def demo(self, town: DemoTown) -> Iterator[str]:
        """An insurer's decision about emergencies; a care manager for most persons."""
        from kiban.assignment import demo

        yield f"緊急時の閲覧: {demo.fill(town).name}が認めています"
        yield f"担当ケアマネ: {demo.entrust(town)}名に決まっています"
