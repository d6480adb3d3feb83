"""What every room says of today, in one order; no room is known here by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kiban.home.models import StepSetAside
from kiban.ops.room import Ahead, FirstStep, Line, Notice, Panel, Today, Visitor, Workplace, rooms
from kiban.registry.models import Organisation


@dataclass(frozen=True)
class Page:
    """今日, as the rooms together make it (the parts are those of ``ops.room.Today``)."""

    due: Sequence[Line]
    stopped: Sequence[Line]
    ahead: Ahead | None
    panels: Sequence[Panel]
    acts: Sequence[Panel]
    first_steps: Sequence[FirstStep]


def page(visitor: Visitor) -> Page:
    """Ask every room once; lines that press alike stay in the order of the rooms."""
    said = [room.today(visitor) for room in rooms()]
    due = [line if isinstance(line, Line) else Line(line) for today in said for line in today.due]
    return Page(
        due=sorted(due, key=lambda line: line.notice.order),
        stopped=[line for today in said for line in today.stopped],
        ahead=min((today.ahead for today in said if today.ahead), key=lambda ahead: ahead.on, default=None),
        panels=[panel for today in said for panel in today.panels],
        acts=[panel for today in said for panel in today.acts],
        first_steps=_first_steps(visitor, said),
    )


def _first_steps(visitor: Visitor, said: Sequence[Today]) -> list[FirstStep]:
    """For the administrator of an office, until each is done or set aside."""
    if visitor.organisation.kind != Organisation.Kind.OFFICE or not visitor.is_administrator:
        return []
    has_begun = any(today.has_begun for today in said)
    aside = set(StepSetAside.objects.filter(organisation=visitor.organisation).values_list("name", flat=True))
    steps = [
        step if step.done is not None else replace(step, done=has_begun)
        for step in every_first_step(visitor.organisation)
        if step.name not in aside
    ]
    return steps if not all(step.done for step in steps) else []


def every_first_step(organisation: Organisation) -> list[FirstStep]:
    """What every room has for a new office, in order."""
    return sorted((step for room in rooms() for step in room.first_steps(organisation)), key=lambda step: step.order)


def everywhere(today: dt.date) -> Callable[[Workplace], list[Notice]]:
    """For the e-mail: what every room says of a workplace, in order. Each room counts once, when this is called."""
    hooks = [room.digest(today) for room in rooms()]

    def of(workplace: Workplace) -> list[Notice]:
        return sorted(_all(hooks, workplace), key=lambda notice: notice.order)

    return of


def _all(hooks: Sequence[Callable[[Workplace], Iterator[Notice]]], workplace: Workplace) -> Iterator[Notice]:
    for hook in hooks:
        yield from hook(workplace)
