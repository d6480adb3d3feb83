"""What the rules look at: facts with their day, plans with theirs, and the result for one requirement in one month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from kiban.evidence.operating_standard.requirements import Requirement
from kiban.evidence.operating_standard.vocabulary import ENTRIES, Kind, Tick, Way, spoken


@dataclass(frozen=True)
class Fact:
    """What somebody entered: what was done, on which day, how, and when it was entered.

    Attributes:
        written_on: the day the result was written down, of a monitoring.
        is_mistaken: it was taken back as a mistake; it proves nothing.
    """

    number: int
    kind: Kind
    on: dt.date
    way: Way
    ticks: frozenset[Tick] = frozenset()
    written_on: dt.date | None = None
    recorded_at: dt.datetime | None = None
    by: str = ""
    is_mistaken: bool = False

    @property
    def what(self) -> str:
        return spoken(self.kind, self.way)

    @property
    def ticked(self) -> list[str]:
        """What is ticked, in the order of the form."""
        return [label for tick, label in ENTRIES[self.kind].ticks.items() if tick in self.ticks]


@dataclass(frozen=True)
class Registered:
    """What was registered about a plan: the day, who agreed or to whom it went, when and by whom it was entered."""

    on: dt.date
    whom: str = ""
    recorded_at: dt.datetime | None = None
    by: str = ""


@dataclass(frozen=True)
class PlanMade:
    """A plan of the office that the platform holds.

    Attributes:
        is_first: it says itself that it is the person's first one.
        agreed: 同意・確認用登録. delivered: 交付用登録.
    """

    made_on: dt.date
    is_first: bool = False
    agreed: Registered | None = None
    delivered: Registered | None = None


class State(StrEnum):
    """How it stands with one requirement in one month."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    COMING = "coming"
    PROVED = "proved"
    NOT_YET = "not_yet"

    @property
    def label(self) -> str:
        return {
            "missing": "記録がない",
            "unknown": "未確認",
            "coming": "これから",
            "proved": "証明できる",
            "not_yet": "まだ要りません",
        }[self.value]

    @property
    def shape(self) -> str:
        """How ``kb-status`` draws it."""
        return {"missing": "bad", "unknown": "soon", "coming": "off", "proved": "good", "not_yet": "off"}[self.value]

    @property
    def is_open(self) -> bool:
        """Whether an entry could still prove it."""
        return self in {State.MISSING, State.UNKNOWN, State.COMING}

    @property
    def weight(self) -> int:
        """What needs somebody most, first."""
        return list(State).index(self)


@dataclass(frozen=True)
class Proof:
    """What proves something: what it is, its day, when and by whom it was entered."""

    what: str
    on: dt.date
    details: tuple[str, ...] = ()
    recorded_at: dt.datetime | None = None
    by: str = ""
    from_plan: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it was entered in a later month than that of its day."""
        entered = self.recorded_at
        return entered is not None and (entered.year, entered.month) > (self.on.year, self.on.month)


@dataclass(frozen=True)
class Result:
    """One requirement in one month.

    Attributes:
        reasons: what is lacking or not known, in sentences.
        since: the month from which it is lacking; only with ``MISSING``.
    """

    requirement: Requirement
    state: State
    reasons: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    since: dt.date | None = None
