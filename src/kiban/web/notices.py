"""What an organisation has to see to, each line with the one place where it is settled.

A room's ``AppConfig`` may have ``notices(organisation, administrator)``, which yields them; the home page and the daily
e-mail show the same lines. A notice names a terminal or a number of things, never a person who is cared for. It may
have ``first_steps(organisation)`` too: what a new office does before its first opening.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

PRESSES = 7  # days left
SOON = 30


@dataclass(frozen=True)
class Notice:
    """One line of 「期限のあるもの」: what, by when, where it is settled."""

    what: str
    url: str
    action: str  # the words of the link
    days: int | None = None  # left until it must be settled; negative: it is over; None: without a date
    mark: str = ""  # instead of the days, where there is no date
    bad: bool = False  # presses, although it has no date

    @property
    def when(self) -> str:
        if self.days is None:
            return self.mark
        if self.days < 0:
            return f"{-self.days}日過ぎ"
        return "今日まで" if self.days == 0 else f"あと{self.days}日"

    @property
    def order(self) -> tuple[bool, bool, int]:
        """What has a date by its date, then the rest, pressing before not."""
        return self.days is None, not self.bad, self.days or 0

    @property
    def state(self) -> str:
        if self.days is None:
            return "bad" if self.bad else "off"
        return "bad" if self.days <= PRESSES else "soon" if self.days <= SOON else "off"


@dataclass(frozen=True)
class FirstStep:
    """One of the things a new office does, in order (tens: 職員 10, 端末 20, 担当 30)."""

    order: int
    what: str
    why: str
    url: str
    done: bool


def first_steps(organisation: Any) -> list[FirstStep]:
    """Every room's, in the order they are done in."""
    found = [
        step
        for config in apps.get_app_configs()
        for step in getattr(config, "first_steps", lambda _organisation: ())(organisation)
    ]
    return sorted(found, key=lambda step: step.order)


def collect(organisation: Any, *, administrator: bool) -> list[Notice]:
    """Every room's, in their order."""
    found = list(_rooms(organisation, administrator))
    return sorted(found, key=lambda notice: notice.order)


def _rooms(organisation: Any, administrator: bool) -> Iterator[Notice]:
    for config in apps.get_app_configs():
        room = getattr(config, "notices", None)
        if room is not None:
            yield from room(organisation, administrator=administrator)
