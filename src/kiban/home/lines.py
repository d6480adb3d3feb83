"""今日: what must be done, and by when; every line leads to the place where it is settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kiban.home.due import Due
from kiban.ops.room import FirstStep, Notice
from kiban.registry.models import Organisation
from kiban.viewing.worklist import RENEWAL_OPENS, RENEWAL_PRESSES, Row, What
from kiban.web import notices

NAMED = 3  # persons named in a line; the rest is behind its link
CLAIM_DAY = 10  # of the month


@dataclass(frozen=True)
class Line:
    """A line with the persons it speaks of, each a link."""

    notice: Notice
    rows: list[Row]
    address: str  # the name of the page a person's link leads to
    kind: str = ""

    @property
    def named(self) -> list[tuple[str, str]]:
        """Name and address of the first few."""
        extra = [self.kind] if self.kind else []
        return [(row.name, reverse(self.address, args=[row.key, *extra])) for row in self.rows[:NAMED]]

    @property
    def more(self) -> int:
        """How many are not named."""
        return max(0, len(self.rows) - NAMED)


def certification(rows: list[Row]) -> Iterator[Line]:
    """Certifications that are over or may be renewed now, the nearest first."""
    known = [(row, row.days_left) for row in rows if row.days_left is not None]
    groups = (
        ("認定の有効期間が過ぎています", [row for row, left in known if left < 0]),
        ("認定の更新(30日以内に切れます)", [row for row, left in known if 0 <= left <= RENEWAL_PRESSES]),
        (
            "認定更新の申請案内(60日前から申請できます)",
            [row for row, left in known if RENEWAL_PRESSES < left <= RENEWAL_OPENS],
        ),
    )
    for what, group in groups:
        if group:
            left = min(row.days_left or 0 for row in group)
            notice = Notice(f"{what} {len(group)}名", reverse("viewing:people"), "一覧", left)
            yield Line(notice, group, "viewing:person-kind", "certification")


def stopped(rows: list[Row]) -> Iterator[Line]:
    """What does not go on: no consent, or a municipality that has not begun."""
    groups = (
        (What.CONSENT, "同意待ち", "同意", "consent:consent", True),
        (What.REFUSED, "同意しない・撤回した方", "同意", "consent:consent", False),
        (What.MUNICIPALITY, "市町村の開始待ち", "市町村", "viewing:person", False),
    )
    for what, words, mark, address, bad in groups:
        group = [row for row in rows if row.lacks(what)]
        if group:
            notice = Notice(f"{words} {len(group)}名", reverse("viewing:people"), "一覧", mark=mark, bad=bad)
            yield Line(notice, group, address)


def numbers(due: Due, *, administrator: bool, today: dt.date | None = None) -> Iterator[Notice]:
    """What the gate counts for the organisation: 担当 that lapses, hand-overs offered, emergencies to look through."""
    today = today or timezone.localdate()
    if due.emergencies and administrator:
        yield Notice(
            f"緊急時の閲覧を確かめてください({due.emergencies}件)",
            reverse("assignment:emergencies"),
            "確かめる",
            mark="緊急",
            bad=True,
        )
    if due.lapsing:
        month_end = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
        yield Notice(
            f"担当の閲覧の期間が今月で切れます({due.lapsing}名)",
            reverse("assignment:lapsing"),
            "続けるか確かめる",
            (month_end - today).days,
        )
    if due.offers:
        yield Notice(
            f"ほかの事業所から引き継ぎの申し出があります({due.offers}件)",
            reverse("assignment:handovers"),
            "受ける",
            mark="引き継ぎ",
        )


def first_steps(organisation: Organisation) -> list[FirstStep]:
    """What a new office does before its first opening; the last of them is the first person."""
    if organisation.kind != Organisation.Kind.OFFICE:
        return []
    person = FirstStep(
        90,
        "担当の利用者を登録する",
        "本人確認をして、担当として登録します。同意を伺うと、情報を開けます。",
        reverse("assignment:register"),
        done=False,
    )
    return [*notices.first_steps(organisation), person]


def days_to_claim(today: dt.date | None = None) -> int:
    """Days until the next 10th, by which claims go in."""
    today = today or timezone.localdate()
    month = today if today.day <= CLAIM_DAY else (today.replace(day=1) + dt.timedelta(days=32))
    return (month.replace(day=CLAIM_DAY) - today).days


def pressing_first(lines: list[Any]) -> list[Any]:
    """Lines and notices in one order: what has a date by its date, then the rest, pressing before not."""

    return sorted(lines, key=lambda line: (line.notice if isinstance(line, Line) else line).order)
