from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kiban.ops.room import Dated, DemoTown, Finding, FirstStep, Notice, Place, Room, Step, Today, Visitor, Workplace

if TYPE_CHECKING:
    from kiban.registry.models import Organisation


class TerminalsConfig(Room):
    name = "kiban.terminals"
    label = "terminals"
    verbose_name = "端末"
    navigation = (Place(40, "端末", "terminals:board", administrators_only=True, also=("evidence:rules",)),)

    def prepare(self) -> list[str]:
        """Make the authority, the server's certificate and the list of revoked ones where missing or soon to end."""
        from django.conf import settings

        from kiban.terminals import authority, services

        made = authority.ensure(authority.names_of(settings.ALLOWED_HOSTS))
        if not services.crl_is_current():
            services.write_crl()
            made.append("失効した証明書の一覧")
        return made

    def today(self, visitor: Visitor) -> Today:
        """For administrators: certificates that end."""
        from kiban.terminals import notices

        return Today(list(notices.notices(visitor)))

    def dates(self, visitor: Visitor, first: dt.date, after: dt.date) -> Iterator[Dated]:
        """For administrators: certificates that end."""
        from kiban.terminals import notices

        return notices.dates(visitor, first, after)

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """The same in the e-mail."""
        from kiban.terminals import notices

        return notices.notices

    def first_steps(self, organisation: Organisation) -> Iterator[FirstStep]:
        """Who looks, in which scene, at which terminal."""
        from kiban.terminals import notices

        yield from notices.first_steps(organisation)

    def daily(self) -> Iterator[Step]:
        """The server's certificate and the list of revoked ones, before they end."""
        yield Step("サーバーの証明書と失効の一覧", lambda: "、".join(self.prepare()) or "まだ有効です")

    def health(self) -> Iterator[Finding]:
        """How the certificates are, and whether My Number cards can be checked."""
        from kiban.terminals import certificate_health
        from kiban.terminals.card import health as card_health

        yield from card_health.health()
        yield from certificate_health.health()

    def demo(self, town: DemoTown) -> Iterator[str]:
        """Who looks in which scene at which terminal of the office."""
        from kiban.terminals import demo

        demo.fill(town)
        yield "閲覧の場面を決めました"
