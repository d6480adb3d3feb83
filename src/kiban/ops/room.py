"""Everything a room tells the house. A room's ``AppConfig`` is a ``Room``; nothing is asked of a room that is not here.

Each hook has an empty default. docs/architecture.md tells what each is for; a test fails for one it does not name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig, apps

from kiban.terms.purposes import Purpose

if TYPE_CHECKING:  # the types of what rooms above put there (allowed by name in the import contract)
    from kiban.registry.models import Organisation
    from kiban.staff.models import Account
    from kiban.web.request import Caller

PRESSES = 7  # days left
SOON = 30
NAMED = 3  # persons named in a line of 今日; the rest is behind its link


@dataclass(frozen=True)
class Step:
    """One thing to do: its name, and a function that does it and says in a few words what it did (no names)."""

    name: str
    run: Callable[[], str]


class State(StrEnum):
    """How something is. Only ``BAD`` makes ``kiban doctor`` end with exit code 1."""

    OK = "OK"
    CAUTION = "注意"
    BAD = "異常"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is and how it is, and what to do when it is not as it should be."""

    what: str
    state: State = State.OK
    remedy: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One entry; pages below its address belong to it, and those below ``around`` where that is named.

    ``order`` goes in tens: 今日 10, 利用者 20, 端末 40, 職員 50, 設定 70.
    """

    order: int
    label: str = field(compare=False)
    url_name: str = field(compare=False)
    administrators_only: bool = field(default=False, compare=False)
    kinds: tuple[str, ...] = field(default=(), compare=False)  # of organisations; none named: all
    around: str = field(default="", compare=False)  # the name of a page whose address begins those of the place
    also: tuple[str, ...] = field(default=(), compare=False)  # names of further pages whose addresses belong to it


@dataclass(frozen=True)
class Workplace:
    """An organisation, and whether who works there opens its administrator's pages."""

    organisation: Organisation
    is_administrator: bool


@dataclass(frozen=True)
class Visitor(Workplace):
    """Somebody who is signed in and looks at 今日. With ``caller`` and ``purpose`` a room asks the gate."""

    caller: Caller
    purpose: Purpose
    account: Account | None = None
    own_only: bool = False  # wants to see 自分の担当, not everybody of the office
    is_acting: bool = False  # in 代行


@dataclass(frozen=True)
class Notice:
    """One line of 「期限のあるもの」: what, by when, where it is settled. It names nobody who is cared for."""

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
class Line:
    """A notice with the persons it speaks of: for 今日 alone, behind a log row; an e-mail takes notices only.

    Attributes:
        named: name and address of the first few.
        more: how many are not named.
    """

    notice: Notice
    named: Sequence[tuple[str, str]] = ()
    more: int = 0

    @classmethod
    def of(cls, notice: Notice, people: Sequence[tuple[str, str]]) -> Line:
        """Name as many of the people (name and address) as a line holds."""
        return cls(notice, people[:NAMED], max(0, len(people) - NAMED))


@dataclass(frozen=True)
class Dated:
    """Something on a day of the calendar.

    Attributes:
        what: of which kind it is; of a kind a file says how many there are on a day, and no more.
        who: whose it is, on the page alone; persons cared for only behind a row of the access log.
    """

    on: dt.date
    what: str
    who: str = ""
    url: str = ""


@dataclass(frozen=True)
class Ahead:
    """What comes next where nothing is due: a last day, and of what."""

    on: dt.date
    what: str


@dataclass(frozen=True)
class Panel:
    """A part of 今日 below the lines. The template finds ``context`` as ``panel``, and the page's ``first_steps``."""

    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Today:
    """What a room says on 今日.

    Attributes:
        due: lines of 「期限のあるもの」.
        stopped: lines of 「止まっているもの」: what waits for somebody else.
        ahead: the next thing that will be due; the page shows it when nothing is.
        panels: what the room shows below.
        acts: what it shows beside the heading: choices the whole page follows.
        has_begun: the organisation cares for somebody.
    """

    due: Sequence[Notice | Line] = ()
    stopped: Sequence[Line] = ()
    ahead: Ahead | None = None
    panels: Sequence[Panel] = ()
    acts: Sequence[Panel] = ()
    has_begun: bool = False


@dataclass(frozen=True)
class FirstStep:
    """One of the things a new office does.

    Attributes:
        order: where it stands (tens: 職員 10, 端末 20, 担当 90).
        name: of the step for good, of letters and hyphens; what an office does without is kept by it.
        done: ``None``: with the first person cared for (``Today.has_begun``).
    """

    order: int
    name: str
    what: str
    why: str
    url: str
    done: bool | None


@dataclass(frozen=True)
class DemoPerson:
    """A made-up person: numbers begin with 9, names with 「試験」. ``sex``: 1 or 2."""

    insurer_no: str
    insured_no: str
    name: str
    kana: str
    birth: dt.date
    sex: str


@dataclass(frozen=True)
class DemoTown:
    """What stands in the demo when the rooms are asked for their part.

    Attributes:
        organisations: ``office`` and ``other`` (居宅介護支援), ``day`` (通所介護), ``city``, ``clinic``; each has staff
            and a terminal with a certificate.
        people: those whom both ``office`` and ``day`` care for, with records, 担当 and consent.
    """

    today: dt.date
    organisations: Mapping[str, Organisation]
    people: Sequence[DemoPerson]


class Room(AppConfig):
    """A room of the house: what it brings, by hook.

    Attributes:
        sql_functions: files under the room's ``sql/functions``, in the order in which they are put in place.
        navigation: places in the list at the left.
        beside: commands that run, each in a process of its own, as long as ``kiban serve`` does.
    """

    default_auto_field = "django.db.models.BigAutoField"
    default = False  # Django takes the one class of an ``apps.py`` that is the default: the room's own, not this one
    sql_functions: Sequence[str] = ()
    navigation: Sequence[Place] = ()
    beside: Sequence[Sequence[str]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.default = True

    def answer_words(self) -> Mapping[str, str]:
        """What each answer of the room's SQL says to the user: ``consent:no_witness`` → a sentence.

        Two rooms may use one answer; each says what it means on its own pages.
        """
        return {}

    def reference_data(self) -> None:
        """Load code lists and rules the product ships (``kiban setup``); safe to repeat."""

    def prepare(self) -> list[str]:
        """Make files the room needs in the data folder; return what was made, in words. Safe to repeat."""
        return []

    def restored(self) -> None:
        """Undo what must not come to life again with a backup (``kiban restore``, as the owner of the database)."""

    def daily(self) -> Iterator[Step]:
        """What has to be done every day (``kiban daily``)."""
        yield from ()

    def health(self) -> Iterator[Finding]:
        """How the room is (``kiban doctor``)."""
        yield from ()

    def today(self, visitor: Visitor) -> Today:
        """What the visitor sees on 今日. Asked at every visit: a call or two of the gate, no more."""
        return Today()

    def dates(self, visitor: Visitor, first: dt.date, after: dt.date) -> Iterator[Dated]:
        """What the calendar shows from ``first`` on and before ``after``. Asked when somebody looks at it."""
        yield from ()

    def waiting(self, visitor: Visitor) -> Mapping[str, int]:
        """Numbers beside places of the menu, by the name of the page. Asked for every page: a quick count."""
        return {}

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """Lines for the day's e-mail: count once for all organisations, and return what says one workplace's."""
        return lambda workplace: iter(())

    def first_steps(self, organisation: Organisation) -> Iterator[FirstStep]:
        """What a new office does before its first opening."""
        yield from ()

    def demo(self, town: DemoTown) -> Iterator[str]:
        """Add the room's part to what ``kiban demo`` makes; yield what was added, in words."""
        yield from ()


def rooms() -> Iterator[Room]:
    """All rooms, from below upward (``INSTALLED_APPS``)."""
    return (config for config in apps.get_app_configs() if isinstance(config, Room))
