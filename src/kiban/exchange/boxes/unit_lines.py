"""A unit as a line of a list: what it is, of which month, and how far it has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone

from kiban.exchange.units.records import Record
from kiban.formats.careplan.layouts import Kind, layout
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.formats.careplan.layouts.names import kind_of
from kiban.registry.models import ServiceKind


class State(StrEnum):
    """How far a unit has come."""

    DRAFT = "draft"
    UNREAD = "unread"
    OPENED = "opened"
    TAKEN = "taken"
    ERROR = "error"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """In the words of the screen."""
        return _STATES[self][0]

    @property
    def mark(self) -> str:
        """How it is marked: good, soon, bad or off."""
        return _STATES[self][1]


_STATES = {
    State.DRAFT: ("送る前", "soon"),
    State.UNREAD: ("未読", "soon"),
    State.OPENED: ("受け取り済", "off"),
    State.TAKEN: ("取込済", "good"),
    State.ERROR: ("エラー", "bad"),
    State.WITHDRAWN: ("取り消し", "off"),
}
IN_A_BOX = tuple(state for state in State if state is not State.DRAFT)


@dataclass(frozen=True)
class UnitLine:
    """A unit as lists and pages show it: offices, numbers and states, nobody's name.

    Attributes:
        office, service: of the other side.
        moments: kept, sent, first fetched, settled, withdrawn (local time).
    """

    id: int
    number: str
    office: str
    service: str
    is_mine: bool
    record: Record
    is_deletion: bool
    month: str
    users: int
    sequence: str
    state: State
    sent_by: str
    by_machine: bool
    files: list[dict[str, Any]]
    moments: Mapping[str, dt.datetime | None]

    @property
    def what(self) -> str:
        """What it brings or takes away."""
        return f"{self.record.label}の削除" if self.is_deletion else self.record.label

    @property
    def month_title(self) -> str:
        """Its month in words."""
        return month_in_words(self.month)

    @property
    def is_gone(self) -> bool:
        """Whether its sender withdrew it: the receiver can no longer fetch it."""
        return self.state is State.WITHDRAWN and not self.is_mine

    @property
    def waits(self) -> bool:
        """Whether the receiver has still to say what became of it."""
        return self.state in (State.UNREAD, State.OPENED, State.ERROR)


def unit_lines(units: Iterable[Mapping[str, Any]]) -> list[UnitLine]:
    """Units as the gate answers them (``gate.exchange_told``), made ready for a page."""
    services = dict(ServiceKind.objects.values_list("code", "name"))
    return [_unit_line(unit, services) for unit in units]


def _unit_line(unit: Mapping[str, Any], services: Mapping[str, str]) -> UnitLine:
    service = unit["receiver_service" if unit["is_mine"] else "sender_service"]
    return UnitLine(
        id=unit["id"],
        number=unit["number"],
        office=unit["name"],
        service=services.get(service, service),
        is_mine=unit["is_mine"],
        record=Record(unit["record"]),
        is_deletion=unit["is_deletion"],
        month=unit["month"],
        users=unit["users"],
        sequence=unit["sequence"],
        state=State(unit["state"]),
        sent_by=unit["sent_by"] or "",
        by_machine=unit["by_machine"],
        files=[{**file, "title": _title(file["name"])} for file in unit["files"] or []],
        moments={
            name: timezone.localtime(dt.datetime.fromisoformat(unit[name])) if unit[name] else None
            for name in ("staged_at", "sent_at", "opened_at", "settled_at", "withdrawn_at")
        },
    )


def _title(name: str) -> str:
    """What kind of file a name speaks of."""
    kind = kind_of(name)
    if kind is None:
        return ""
    return "画像" if kind is Kind.BASIC_IMAGE else layout(kind).title
