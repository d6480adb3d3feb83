"""What 今日 says of the persons one looks after: certifications that end, what does not go on, and the nearest ones.

All of it comes from one list, and so stands behind one row of the access log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from django.urls import reverse

from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import Ahead, Line, Notice, Panel, Today, Visitor, Workplace
from kiban.viewing import worklist
from kiban.viewing.worklist import RENEWAL_OPENS, RENEWAL_PRESSES, People, Row, What

SHOWN_TODAY = 20


def today(visitor: Visitor) -> Today:
    """Of the persons the visitor may see. Raises as ``worklist.people``."""
    people = worklist.people(visitor.caller, visitor.purpose, sort="valid_to", limit=worklist.ALL)
    next_end = worklist.next_end(people.rows)
    return Today(
        due=list(certification(people.rows)),
        stopped=list(stopped(people.rows)),
        ahead=Ahead(next_end, "認定の有効期間") if next_end else None,
        panels=[_panel(people, visitor)],
        has_begun=bool(people.total),
    )


def _panel(people: People, visitor: Visitor) -> Panel:
    context = {
        "rows": people.rows[:SHOWN_TODAY],
        "total": people.total,
        "is_municipality": visitor.organisation.kind == "municipality",
    }
    return Panel("viewing/today.html", context)


def certification(rows: Sequence[Row]) -> Iterator[Line]:
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
            yield _line(notice, group, "viewing:person-kind", "certification")


def stopped(rows: Sequence[Row]) -> Iterator[Line]:
    """What does not go on: no consent, or a municipality that has not begun."""
    groups = (
        (What.CONSENT, "同意待ち", "同意", "consent:consent", True),
        (What.REFUSED, "同意しない・撤回した方", "同意", "consent:consent", False),
        (What.MUNICIPALITY, "市町村の開始待ち", "市町村", "viewing:person", False),
    )
    for what, words, mark, page, bad in groups:
        group = [row for row in rows if row.lacks(what)]
        if group:
            notice = Notice(f"{words} {len(group)}名", reverse("viewing:people"), "一覧", mark=mark, bad=bad)
            yield _line(notice, group, page)


def _line(notice: Notice, rows: Sequence[Row], page: str, *kind: str) -> Line:
    return Line.of(notice, [(row.label, reverse(page, args=[row.key, *kind])) for row in rows])


def renewals(today: dt.date) -> dict[int, int]:
    """How many certifications are over or may be renewed, of every organisation that has such, by its id.

    Needs the worker's rights.
    """
    with database.connect(Role.WORKER) as connection:
        return dict(connection.execute("SELECT * FROM gate.all_renewals_due(%s)", [today]).fetchall())


def everywhere(today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
    """The same for the e-mail, in numbers: of all organisations, counted once. Needs the worker's rights."""
    counted = renewals(today)

    def of(workplace: Workplace) -> Iterator[Notice]:
        if persons := counted.get(workplace.organisation.pk):
            words = f"認定の更新の時期、または期間が過ぎた方 {persons}名"
            yield Notice(words, reverse("viewing:people"), "", mark="認定", bad=True)

    return of
