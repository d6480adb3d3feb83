from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from kiban.ops.room import DemoTown, Notice, Room, Today, Visitor, Workplace


class EvidenceConfig(Room):
    name = "kiban.evidence"
    label = "evidence"
    verbose_name = "運営指導"
    sql_functions = ("operating_standard", "operating_standard_reading")

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.evidence.operating_standard.words``."""
        from kiban.evidence.operating_standard.words import ANSWERS

        return ANSWERS

    def today(self, visitor: Visitor) -> Today:
        """Whose monitoring of the month is not entered yet, from the 20th on."""
        from kiban.evidence.operating_standard import notices

        return Today(list(notices.own(visitor)))

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """The same in the e-mail."""
        from kiban.evidence.operating_standard import notices

        return notices.everywhere(today)

    def demo(self, town: DemoTown) -> Iterator[str]:
        """What the demo's care manager did last month."""
        from kiban.evidence.operating_standard import demo

        yield f"運営基準の記録: {demo.fill(town)}件を入力しました"
