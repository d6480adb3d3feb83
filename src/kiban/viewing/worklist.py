"""利用者: what the list says about each person, and what is missing or ends soon."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone

from kiban.gate import door
from kiban.gate.events import PASSES, Condition
from kiban.gate.opened import Answers, ListedPerson
from kiban.registry.text import search_key
from kiban.terms.partial_days import Day
from kiban.web.request import Caller

RENEWAL_OPENS = 60  # days before the end: renewal may be applied for
RENEWAL_PRESSES = 30
PAGE = 50
ALL = 200  # the most the gate lists at once


class What(StrEnum):
    """What is missing, or ends soon, about a person of the list; the home page gathers by it."""

    CONSENT = "consent"
    REFUSED = "refused"  # the person said no, or took the consent back
    MUNICIPALITY = "municipality"
    ROLE = "role"
    NO_CERTIFICATION = "no_certification"
    CERTIFICATION = "certification"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True)
class Missing:
    """One thing, in words, with the page where it is settled."""

    what: What
    text: str
    state: str  # soon | bad | off
    address: str = "viewing:person"
    kind: str = ""


CONSENTS = {
    "withdrawn": Missing(What.REFUSED, "同意が撤回されました", "bad", "consent:consent"),
    "refused": Missing(What.REFUSED, "同意しないと言われています", "bad", "consent:consent"),
}
NO_CONSENT = Missing(What.CONSENT, "同意がありません", "bad", "consent:consent")


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
    missing: list[Missing]
    has_namesake: bool = False

    @property
    def label(self) -> str:
        """The name where only it is shown; with the end of the 被保険者番号 where somebody else has the same."""
        return f"{self.name}(被保険者番号の末尾{self.insured_tail})" if self.has_namesake else self.name

    def lacks(self, what: What) -> bool:
        """Whether this is among what is missing."""
        return any(missing.what is what for missing in self.missing)

    @property
    def days_left(self) -> int | None:
        """Days until the last valid day; negative when it is over."""
        return None if self.valid_to is None else (self.valid_to - dt.timedelta(days=1) - _today()).days


@dataclass(frozen=True)
class People:
    """A page of the list."""

    rows: list[Row]
    total: int
    refused: Answers


def people(caller: Caller, purpose: str, **options: Any) -> People:
    """The persons the caller may see (one access-log row names them). Raises as ``door.list_people``."""
    found = door.people(caller, purpose, **options)
    names = Counter(search_key(person.name) for person in found.people)
    rows = [_row(person, has_namesake=names[search_key(person.name)] > 1) for person in found.people]
    return People(rows, found.total, found.standing)


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
        missing=[*_missing(person), *_lapsing(person.viewing_to)],
        has_namesake=has_namesake,
    )


def _missing(person: ListedPerson) -> Iterator[Missing]:
    """What stands between the office and this person's card, or what will soon."""
    decision, valid_to = person.decisions["insurance_card.card"], person.valid_to
    if not decision.allowed:
        consent = decision.answer(Condition.CONSENT)
        if consent not in PASSES:
            yield CONSENTS.get(consent, NO_CONSENT)
        if decision.answer(Condition.MUNICIPALITY) not in PASSES:
            starts = person.starts_on
            known = f"({starts.month}月{starts.day}日から)" if starts and starts > _today() else ""
            yield Missing(What.MUNICIPALITY, f"市町村の開始待ち{known}", "off")
        elif consent in PASSES:
            yield Missing(What.ROLE, "役割により表示されません", "off")
    elif valid_to is None:
        yield Missing(What.NO_CERTIFICATION, "認定の記録がありません", "soon", "viewing:person-kind", "certification")
    else:
        left = (valid_to - dt.timedelta(days=1) - _today()).days
        if left <= RENEWAL_OPENS:
            text = "認定の期間が過ぎました" if left < 0 else f"更新の時期(あと{left}日)"
            state = "bad" if left <= RENEWAL_PRESSES else "soon"
            yield Missing(What.CERTIFICATION, text, state, "viewing:person-kind", "certification")


def _lapsing(viewing_to: dt.date | None) -> Iterator[Missing]:
    """A 担当 that ends with this month."""
    next_month = (_today().replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    if viewing_to is not None and viewing_to <= next_month:
        last = viewing_to - dt.timedelta(days=1)
        yield Missing(What.ASSIGNMENT, f"担当の期間が{last.month}月{last.day}日まで", "soon", "assignment:assignment")


def next_end(rows: list[Row]) -> dt.date | None:
    """The next last valid day of a certification, if any lies ahead."""
    ends = [r.valid_to - dt.timedelta(days=1) for r in rows if r.valid_to and (r.days_left or 0) >= 0]
    return min(ends, default=None)


def _today() -> dt.date:
    return timezone.localdate()
