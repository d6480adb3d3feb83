"""What an organisation has to see to, each line with the one place where it is settled.

A room brings them by ``Room.notices`` and ``Room.first_steps``; the home page and the daily e-mail show the same lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kiban.ops.room import FirstStep, Notice, rooms


def first_steps(organisation: Any) -> list[FirstStep]:
    """Every room's, in the order they are done in."""
    found = [step for room in rooms() for step in room.first_steps(organisation)]
    return sorted(found, key=lambda step: step.order)


def collect(organisation: Any, *, administrator: bool) -> list[Notice]:
    """Every room's, in their order."""
    found = list(_rooms(organisation, administrator))
    return sorted(found, key=lambda notice: notice.order)


def _rooms(organisation: Any, administrator: bool) -> Iterator[Notice]:
    for room in rooms():
        yield from room.notices(organisation, administrator=administrator)
