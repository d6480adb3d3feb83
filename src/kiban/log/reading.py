"""What a reading of the access log answers, as the page shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from kiban.gate.events import Event
from kiban.gate.opened import Answers, Decision, standing_of
from kiban.terms.purposes import Purpose


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the access log as it is shown: who did what, with what outcome.

    Attributes:
        absent: in whose place. leaf: SHA-256 of the row, hex.
    """

    id: int
    at: dt.datetime
    event: Event
    outcome: str
    purpose: Purpose | None
    account: str
    job: str
    organisation: str
    terminal: str
    absent: str
    standing: Answers
    decisions: tuple[Decision, ...]
    leaf: str


@dataclass(frozen=True, slots=True)
class Looks:
    """How often one member of staff was shown the person in lists, on one day."""

    account: str
    organisation: str
    times: int


@dataclass(frozen=True, slots=True)
class FoldedLists:
    """「一覧に表示した」 of one day, in one row."""

    day: dt.date
    looks: tuple[Looks, ...]

    @property
    def times(self) -> int:
        return sum(look.times for look in self.looks)


@dataclass(frozen=True, slots=True)
class LogReading:
    """Who looked at a person: the newest day first, and of a day the lists last, folded.

    Attributes:
        person: the name, when the reading was allowed.
        total: how many rows there are on all pages. until: number of this reading, for its further pages.
    """

    is_allowed: bool
    person: str
    rows: tuple[LogRow | FoldedLists, ...]
    total: int = 0
    until: int = 0

    @classmethod
    def of(cls, answer: dict[str, Any] | None) -> LogReading:
        """Of the answer of ``gate.answer_log_read``; ``None``: it was refused."""
        if answer is None:
            return cls(is_allowed=False, person="", rows=())
        name = answer["person"]["name"] if answer["person"] else ""
        rows = tuple(_folded(row) if "day" in row else _log_row(row) for row in answer["rows"])
        return cls(is_allowed=True, person=name, rows=rows, total=answer["total"], until=answer["until"])


def _folded(row: dict[str, Any]) -> FoldedLists:
    return FoldedLists(
        day=dt.date.fromisoformat(row["day"]),
        looks=tuple(Looks(one["account"] or "", one["organisation"] or "", one["times"]) for one in row["times"]),
    )


def _log_row(row: dict[str, Any]) -> LogRow:
    # Of a list a decision is all words about one person, with blanks between.
    words = [word for together in row["decisions"] for word in together.split(" ")]
    return LogRow(
        id=row["id"],
        at=dt.datetime.fromisoformat(row["at"]),
        event=Event(row["action"]),
        outcome=row["outcome"],
        purpose=Purpose(row["purpose"]) if row["purpose"] else None,
        account=row["account"] or "",
        job=row["job"] or "",
        organisation=row["organisation"] or "",
        terminal=row["terminal"] or "",
        absent=row["for"] or "",
        standing=standing_of(row["standing"]),
        decisions=tuple(map(Decision.parse, words)),
        leaf=row["leaf"],
    )
