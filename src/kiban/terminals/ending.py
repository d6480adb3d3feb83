"""Certificates that end: who is told when. 90, 30 and 7 days before, and in time for the claims of the 10th.

The claims of a month are sent from the 1st to the 10th (``docs/glossary.md``: 請求). A certificate that ends between
the 1st of the coming month and the day after its 10th ends in the worst days; the office is told in the weeks before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.terminals.models import Certificate
from kiban.terminals.services import expiring
from kiban.terms.claims import coming_claim_day

STEPS = (90, 30, 7)  # days before the end


@dataclass(frozen=True)
class Ending:
    """A certificate that ends soon."""

    certificate: Certificate
    days: int  # until the last day; 0: today
    step: int  # the notice it has reached: 90, 30 or 7
    before_claims: bool  # it will not last until the claims of the coming 10th are sent

    @property
    def words(self) -> str:
        name = self.certificate.terminal.name
        if self.before_claims:
            return f"端末「{name}」の証明書が、10日の請求までに切れます"
        return f"端末「{name}」の証明書が切れます"


def step_reached(days: int, steps: Sequence[int] = STEPS) -> int | None:
    """The narrowest notice a certificate with so many days left has reached; ``None``: none yet."""
    reached = [step for step in steps if days <= step]
    return min(reached, default=None)


def ends_before_claims(last_day: dt.date, today: dt.date) -> bool:
    """Whether a certificate whose last whole day is ``last_day`` is gone before the coming 10th is over."""
    return last_day < coming_claim_day(today)


def last_whole_day(not_after: dt.datetime) -> dt.date:
    """The last day (in Japan) on which a certificate can be used from morning to night."""
    return timezone.localdate(not_after) - dt.timedelta(days=1)


def ending(organisation: Organisation, today: dt.date) -> list[Ending]:
    """The organisation's certificates that end within the notice period, the nearest first."""
    endings = []
    for certificate in expiring(dt.timedelta(days=max(STEPS)), organisation):
        days = (timezone.localdate(certificate.not_after) - today).days
        step = step_reached(days)
        if step is not None:
            before = ends_before_claims(last_whole_day(certificate.not_after), today)
            endings.append(Ending(certificate, days, step, before))
    return endings
