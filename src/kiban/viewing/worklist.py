"""今日 and 利用者: what the list says about each person, and what has a date."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from kiban.gate import door
from kiban.gate.events import Condition
from kiban.registry.models import Organisation
from kiban.terminals.services import expiring

RENEWAL_OPENS = 60  # days before the end: renewal may be applied for
RENEWAL_PRESSES = 30
CERTIFICATE_NOTICE = 90  # days before the end of a terminal's certificate
CLAIM_DAY = 10  # of the month
PAGE = 50
ALL = 200  # the most the gate lists at once
CONSENT_MISSING = {"withdrawn": "同意が撤回されました", "refused": "同意しないと言われています"}


@dataclass(frozen=True)
class Row:
    """One person of a list."""

    key: int
    name: str
    kana: str
    birth: dt.date
    insurer_name: str
    insured_tail: str
    care_level: str
    valid_from: dt.date | None
    valid_to: dt.date | None  # first day it no longer holds
    burden_ratio: str
    missing: list[str]
    state: str  # good | soon | bad | off: how the words of ``missing`` are marked

    @property
    def days_left(self) -> int | None:
        """Days until the last valid day; negative when it is over."""
        return None if self.valid_to is None else (self.valid_to - dt.timedelta(days=1) - _today()).days


@dataclass(frozen=True)
class People:
    """A page of the list."""

    rows: list[Row]
    total: int
    refused: list[str]


def people(caller: door.Caller, purpose: str, **options: Any) -> People:
    """The persons the caller may see (one access-log row names them). Raises as ``door.list_people``."""
    answer = json.loads(door.list_people(caller, purpose, **options))
    return People([_row(person) for person in answer["people"]], answer["total"] or 0, answer["standing"])


def _row(person: dict[str, Any]) -> Row:
    valid_from, valid_to = _date(person["valid_from"]), _date(person["valid_to"])
    missing, state = _missing(person, valid_to)
    return Row(
        key=person["key"],
        name=person["name"],
        kana=person["kana"],
        birth=dt.date.fromisoformat(person["birth"]),
        insurer_name=person["insurer_name"] or person["insurer_no"],
        insured_tail=person["insured_tail"],
        care_level=person["care_level"] or "",
        valid_from=valid_from,
        valid_to=valid_to,
        burden_ratio=person["burden_ratio"] or "",
        missing=missing,
        state=state,
    )


def _missing(person: dict[str, Any], valid_to: dt.date | None) -> tuple[list[str], str]:
    """What stands between the office and this person's card, or what will soon; in words."""
    word = next(w for w in person["decisions"] if w[1:].startswith("insurance_card.card|"))
    if word.startswith("-"):
        answers = dict(a.split(":") for a in word.split("|")[1].split(",") if a)
        found = []
        if (consent := answers.get(Condition.CONSENT)) not in (None, "not_needed"):
            found.append(CONSENT_MISSING.get(consent, "同意がありません"))
        if Condition.MUNICIPALITY in answers:
            starts = _date(person["starts_on"])
            found.append(
                f"市町村の開始待ち({starts.month}月{starts.day}日から)"
                if starts and starts > _today()
                else "市町村の開始待ち"
            )
        return found or ["役割により表示されません"], "bad" if Condition.CONSENT in answers else "off"
    if valid_to is None:
        return ["認定の記録がありません"], "soon"
    left = (valid_to - dt.timedelta(days=1) - _today()).days
    if left < 0:
        return ["認定の期間が過ぎました"], "bad"
    if left <= RENEWAL_OPENS:
        return [f"更新の時期(あと{left}日)"], "bad" if left <= RENEWAL_PRESSES else "soon"
    return [], "good"


@dataclass(frozen=True)
class Due:
    """One line of "what has a date"."""

    days: int
    what: str
    rows: list[Row]

    @property
    def when(self) -> str:
        if self.days < 0:
            return f"{-self.days}日過ぎ"
        return "今日まで" if self.days == 0 else f"あと{self.days}日"

    @property
    def state(self) -> str:
        return "bad" if self.days <= 7 else "soon" if self.days <= RENEWAL_PRESSES else "off"


def due(rows: list[Row]) -> list[Due]:
    """What has a date, the nearest first: certifications that are over or may be renewed now."""
    over = [r for r in rows if r.days_left is not None and r.days_left < 0]
    pressing = [r for r in rows if r.days_left is not None and 0 <= r.days_left <= RENEWAL_PRESSES]
    opening = [r for r in rows if r.days_left is not None and RENEWAL_PRESSES < r.days_left <= RENEWAL_OPENS]
    groups = (
        (over, "認定の有効期間が過ぎています"),
        (pressing, "認定の更新(30日以内に切れます)"),
        (opening, "認定更新の申請案内(60日前から申請できます)"),
    )
    return [
        Due(min(r.days_left for r in group if r.days_left is not None), f"{what} {len(group)}名", group)
        for group, what in groups
        if group
    ]


@dataclass(frozen=True)
class EndingCertificate:
    """A terminal whose certificate ends soon."""

    terminal: str
    days: int

    @property
    def when(self) -> str:
        return f"あと{self.days}日"

    @property
    def state(self) -> str:
        return "bad" if self.days <= 7 else "soon" if self.days <= RENEWAL_PRESSES else "off"


def ending_certificates(organisation: Organisation) -> list[EndingCertificate]:
    """The organisation's terminals whose certificates end within the notice period, the nearest first."""
    return [
        EndingCertificate(found.terminal.name, (timezone.localdate(found.not_after) - _today()).days)
        for found in expiring(dt.timedelta(days=CERTIFICATE_NOTICE), organisation)
    ]


def next_end(rows: list[Row]) -> dt.date | None:
    """The next last valid day of a certification, if any lies ahead."""
    ends = [r.valid_to - dt.timedelta(days=1) for r in rows if r.valid_to and (r.days_left or 0) >= 0]
    return min(ends, default=None)


def days_to_claim(today: dt.date | None = None) -> int:
    """Days until the next 10th, by which claims go in."""
    today = today or _today()
    month = today if today.day <= CLAIM_DAY else (today.replace(day=1) + dt.timedelta(days=32))
    return (month.replace(day=CLAIM_DAY) - today).days


def _today() -> dt.date:
    return timezone.localdate()


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
