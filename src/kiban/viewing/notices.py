"""What 今日 says of the persons one looks after: certifications that end, what does not go on, and the nearest ones.

All of it comes from one list, and so stands behind one row of the access log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.urls import reverse

from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import NAMED, Ahead, Dated, Line, Notice, Panel, Today, Visitor, Workplace
from kiban.viewing import worklist
from kiban.viewing.worklist import People, What

SHOWN_TODAY = 20


def today(visitor: Visitor) -> Today:
    """Of the persons the visitor may see, all of them counted. Raises as ``worklist.people``."""
    whose = "own" if visitor.own_only else "all"
    people = worklist.people(
        visitor.caller, visitor.purpose, sort="valid_to", limit=SHOWN_TODAY, named=NAMED, whose=whose
    )
    next_end = worklist.next_end(people.rows)
    return Today(
        due=list(certification(people)),
        stopped=list(stopped(people)),
        ahead=Ahead(next_end, "認定の有効期間") if next_end else None,
        panels=[_panel(people, visitor)],
        acts=list(_acts(visitor)),
        has_begun=bool(people.total) or visitor.own_only,  # who chose the own ones has some
    )


def _acts(visitor: Visitor) -> Iterator[Panel]:
    """自分の担当 / 全員: the lines and the table follow it."""
    if visitor.organisation.kind == "office":
        yield Panel("viewing/whose.html", {"back": "today", "own_only": visitor.own_only})


def _panel(people: People, visitor: Visitor) -> Panel:
    context = {
        "rows": people.rows,
        "total": people.total,
        "is_municipality": visitor.organisation.kind == "municipality",
        "own_only": visitor.own_only,
    }
    return Panel("viewing/today.html", context)


def certification(people: People) -> Iterator[Line]:
    """Certifications that are over or may be renewed now, the nearest first."""
    groups = (
        (What.OVER, "認定の有効期間が過ぎています", "over"),
        (What.PRESSES, "認定の更新(30日以内に切れます)", "presses"),
        (What.OPENS, "認定更新の申請案内(60日前から申請できます)", "opens"),
    )
    for what, words, lacks in groups:
        if named := people.named[what]:
            days = named[0].days_left  # the nearest: the list is in the order of the ends
            notice = Notice(f"{words} {people.lacking[what]}名", listed(lacks), "一覧", days)
            yield _line(notice, people, what, "viewing:person-kind", "certification")


def stopped(people: People) -> Iterator[Line]:
    """What does not go on: no consent, or a municipality that has not begun."""
    groups = (
        (What.CONSENT, "同意待ち", "同意", "waiting", "consent:consent", True),
        (What.REFUSED, "同意しない・撤回した方", "同意", "refused", "consent:consent", False),
        (What.MUNICIPALITY, "市町村の開始待ち", "市町村", "municipality", "viewing:person", False),
    )
    for what, words, mark, lacks, page, bad in groups:
        if people.lacking[what]:
            notice = Notice(f"{words} {people.lacking[what]}名", listed(lacks), "一覧", mark=mark, bad=bad)
            yield _line(notice, people, what, page)


def listed(lacks: str) -> str:
    """The address of the list of those who lack something (a key of ``filters.FILTERS``)."""
    return f"{reverse('viewing:people')}?lacks={lacks}"


def dates(visitor: Visitor, first: dt.date, after: dt.date) -> Iterator[Dated]:
    """Last days of certifications and of 担当: everybody's, or those of the own persons. Raises as ``people``."""
    whose, offset, total = "own" if visitor.own_only else "all", 0, 1
    while offset < total:
        found = worklist.people(
            visitor.caller, visitor.purpose, ends=(first, after), whose=whose, offset=offset, limit=worklist.AT_ONCE
        )
        offset, total = offset + worklist.AT_ONCE, found.total
        for row in found.rows:
            if row.last_day and first <= row.last_day < after:
                page = reverse("viewing:person-kind", args=[row.key, "certification"])
                yield Dated(row.last_day, "認定の最終日", row.label, page)
            if row.assignment_last_day and first <= row.assignment_last_day < after:
                page = reverse("assignment:assignment", args=[row.key])
                yield Dated(row.assignment_last_day, "担当の最終日", row.label, page)


def _line(notice: Notice, people: People, what: What, page: str, *kind: str) -> Line:
    named = [(row.label, reverse(page, args=[row.key, *kind])) for row in people.named[what]]
    return Line(notice, named, people.lacking[what] - len(named))


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
            yield Notice(words, listed("renewal"), "", mark="認定", bad=True)

    return of
