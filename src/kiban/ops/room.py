"""Everything a room tells the house. A room's ``AppConfig`` is a ``Room``; nothing is asked of a room that is not here.

Each hook has an empty default. docs/architecture.md tells what each is for; a test fails for one it does not name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.apps import AppConfig, apps

PRESSES = 7  # days left
SOON = 30


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


class Room(AppConfig):
    """A room of the house: what it brings, by hook.

    Attributes:
        sql_functions: files under the room's ``sql/functions``, in the order in which they are put in place.
        navigation: places in the list at the left.
    """

    default_auto_field = "django.db.models.BigAutoField"
    default = False  # Django takes the one class of an ``apps.py`` that is the default: the room's own, not this one
    sql_functions: Sequence[str] = ()
    navigation: Sequence[Place] = ()

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

    def daily(self) -> Iterator[Step]:
        """What has to be done every day (``kiban daily``)."""
        yield from ()

    def health(self) -> Iterator[Finding]:
        """How the room is (``kiban doctor``)."""
        yield from ()

    def notices(self, organisation: Any, *, administrator: bool) -> Iterator[Notice]:
        """What an organisation has to see to, for 今日 and the e-mail. Names nobody who is cared for."""
        yield from ()

    def first_steps(self, organisation: Any) -> Iterator[FirstStep]:
        """What a new office does before its first opening."""
        yield from ()


def rooms() -> Iterator[Room]:
    """All rooms, from below upward (``INSTALLED_APPS``)."""
    return (config for config in apps.get_app_configs() if isinstance(config, Room))
