"""利用者: what the list says about each person, and what is missing or ends soon."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone

from kiban.gate import door
from kiban.gate.events import Condition
from kiban.gate.opened import Answers, ListedPerson
from kiban.registry.text import search_key
from kiban.terms.partial_days import Day
from kiban.web.request import Caller

PAGE = 50
AT_ONCE = 200  # the most the gate lists at once
EXPORTED = 5000  # the most one reading takes along as a file


class What(StrEnum):
    """What is missing, or ends soon, about a person of the list: the words of ``gate.lacks``."""

    CONSENT = "consent"
    REFUSED = "refused"  # the person said no, or took the consent back
    MUNICIPALITY = "municipality"
    ROLE = "role"
    NO_CERTIFICATION = "no_certification"
    OVER = "over"  # the certification
    PRESSES = "presses"  # it ends within 30 days
    OPENS = "opens"  # within 60 days: renewal may be applied for
    ASSIGNMENT = "assignment"


@dataclass(frozen=True)
class Missing:
    """One thing, in words, with the page where it is settled."""

    what: What
    text: str
    state: str  # soon | bad | off
    address: str = "viewing:person"
    kind: str = ""


@dataclass(frozen=True)
class Row:
    """One person of a list."""

    key: int
    name: str
    kana: str
    birth: Day
    insurer_name: str
    insured_tail: str
    care_level: str
    valid_from: dt.date | None
    valid_to: dt.date | None  # first day it no longer holds
    burden_ratio: str
    responsible: str  # 担当ケアマネ
    missing: list[Missing]
    assignment_last_day: dt.date | None
    has_namesake: bool = False

    @property
    def label(self) -> str:
        """The name where only it is shown; with the end of the 被保険者番号 where somebody else has the same."""
        return f"{self.name}(被保険者番号の末尾{self.insured_tail})" if self.has_namesake else self.name

    def lacks(self, what: What) -> bool:
        """Whether this is among what is missing."""
        return any(missing.what is what for missing in self.missing)

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which the certification holds."""
        return self.valid_to and _last_day(self.valid_to)

    @property
    def days_left(self) -> int | None:
        """Days until the last valid day; negative when it is over."""
        return None if self.last_day is None else (self.last_day - _today()).days


@dataclass(frozen=True)
class People:
    """A page of the list.

    Attributes:
        total: of how many persons. everybody: of how many, whatever they lack.
        lacking: how many lack what, of everybody and not of the page.
        named: of each thing that is missing the first persons in the order of the list (with the first page of it).
    """

    rows: list[Row]
    total: int
    everybody: int
    lacking: Mapping[str, int]
    named: Mapping[What, list[Row]]
    refused: Answers


def people(caller: Caller, purpose: str, *, named: int = 0, **options: Any) -> People:
    """The persons the caller may see (one access-log row names them). Options and errors as of ``door.list_people``."""
    found = door.people(caller, purpose, named=named, **options)
    names = Counter(search_key(person.name) for person in (*found.people, *found.named))
    rows, beside = (
        [_row(person, has_namesake=names[search_key(person.name)] > 1) for person in part]
        for part in (found.people, found.named)
    )
    of_each = {what: [row for row in (*rows, *beside) if row.lacks(what)][:named] for what in What}
    return People(rows, found.total, found.everybody, found.lacking, of_each, found.standing)


def _row(person: ListedPerson, *, has_namesake: bool) -> Row:
    return Row(
        key=person.key,
        name=person.name,
        kana=person.kana,
        birth=person.birth,
        insurer_name=person.insurer_name,
        insured_tail=person.insured_tail,
        care_level=person.care_level,
        valid_from=person.valid_from,
        valid_to=person.valid_to,
        burden_ratio=person.burden_ratio,
        responsible=person.responsible,
        missing=[_missing(What(lack), person) for lack in person.lacks],
        assignment_last_day=_last_day(person.viewing_to) if person.viewing_to else None,
        has_namesake=has_namesake,
    )


def _missing(what: What, person: ListedPerson) -> Missing:
    """What is missing in words."""
    match what:
        case What.CONSENT:
            return Missing(what, "同意がありません", "bad", "consent:consent")
        case What.REFUSED:
            is_withdrawn = person.decisions["insurance_card.card"].answer(Condition.CONSENT) == "withdrawn"
            words = "同意が撤回されました" if is_withdrawn else "同意しないと言われています"
            return Missing(what, words, "bad", "consent:consent")
        case What.MUNICIPALITY:
            starts = person.starts_on
            known = f"({starts.month}月{starts.day}日から)" if starts and starts > _today() else ""
            return Missing(what, f"市町村の開始待ち{known}", "off")
        case What.ROLE:
            return Missing(what, "役割により表示されません", "off")
        case What.ASSIGNMENT:
            last = _last_day(person.viewing_to)
            return Missing(what, f"担当の期間が{last.month}月{last.day}日まで", "soon", "assignment:assignment")
        case What.NO_CERTIFICATION:
            words, state = "認定の記録がありません", "soon"
        case What.OVER:
            words, state = "認定の期間が過ぎました", "bad"
        case What.PRESSES | What.OPENS:
            left = (_last_day(person.valid_to) - _today()).days
            words, state = f"更新の時期(あと{left}日)", "bad" if what is What.PRESSES else "soon"
    return Missing(what, words, state, "viewing:person-kind", "certification")


def _last_day(first_without: dt.date | None) -> dt.date:
    assert first_without is not None  # noqa: S101 - without an end nothing ends soon
    return first_without - dt.timedelta(days=1)


def next_end(rows: list[Row]) -> dt.date | None:
    """The next last valid day of a certification, if any lies ahead."""
    ends = [row.last_day for row in rows if row.last_day and row.last_day >= _today()]
    return min(ends, default=None)


def _today() -> dt.date:
    return timezone.localdate()
