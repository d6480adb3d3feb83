from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from kiban.ops.room import Finding, FirstStep, Notice, Place, Room, Step, Today, Visitor, Workplace

if TYPE_CHECKING:
    from kiban.registry.models import Organisation


class StaffConfig(Room):
    name = "kiban.staff"
    label = "staff"
    verbose_name = "職員"
    sql_functions = ("sessions",)
    navigation = [Place(50, "職員", "staff:people", administrators_only=True)]

    def today(self, visitor: Visitor) -> Today:
        """For administrators: findings, invitations, the review of rights; 代行 one may begin; codes of a newcomer."""
        from kiban.staff import notices

        return Today([*notices.notices(visitor), *notices.acting(visitor), *notices.newcomer(visitor)])

    def waiting(self, visitor: Visitor) -> Mapping[str, int]:
        """Findings for administrators; 代行 the visitor may begin."""
        from kiban.staff import notices

        return notices.waiting(visitor)

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """The same in the e-mail."""
        from kiban.staff import notices

        return notices.notices

    def first_steps(self, organisation: Organisation) -> Iterator[FirstStep]:
        """Somebody besides the first one."""
        from kiban.staff import notices

        yield from notices.first_steps(organisation)

    def daily(self) -> Iterator[Step]:
        """Sessions and attempts that are over."""
        from kiban.staff.sign_in import tidying

        yield Step("終わったサインインの片付け", tidying.tidy)

    def restored(self) -> None:
        """Nobody stays signed in: who signed out after the backup would be in again."""
        from kiban.staff.sign_in import tidying

        tidying.end_all()

    def health(self) -> Iterator[Finding]:
        """Whether e-mails would leave."""
        from kiban.staff import mail

        yield mail.health()
