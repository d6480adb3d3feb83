"""第7表: subtotals and the grand total of every user against the lines above them.

The worked examples of the standard are pictures, so where it is silent every reading is taken: a total is wrong only
when no reading of the lines gives it. Units have to add up; yen may also be cut once, on the total (``money``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from kiban.formats.careplan.checks import money
from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.checks.money import MANAGED, Line, Sums, sums_of
from kiban.formats.careplan.layouts.columns import Layout
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity
from kiban.formats.careplan.layouts.rules import GRAND_TOTAL, SUBTOTALS

SUMMED = (
    "サービス単位金額",
    "給付管理単位数",
    "種類支給限度基準超単位数",
    "種類支給限度基準内単位数",
    "区分支給限度基準超単位数",
    "区分支給限度基準内単位数",
    "費用総額保険／事業対象分",
    "保険／事業費請求額",
    "利用者負担保険／事業対象分",
    "利用者負担（全額負担分）",
)
NAMES = {"AAAA": "区分支給対象の小計", "EEEE": "対象外の小計", "ZZZZ": "30日超の小計"}
User = tuple[str, str, str]
REMEMBERED = 20_000  # amounts


@dataclass(slots=True)
class Group:
    """The lines of one office and one kind of service."""

    details: list[Line] = field(default_factory=list)
    subtotals: dict[str, list[Line]] = field(default_factory=dict)

    def parts(self) -> dict[str, list[Line]]:
        """The lines a subtotal is of: AAAA within 区分支給限度, EEEE outside it, ZZZZ 30日超."""
        parts: dict[str, list[Line]] = {mark: [] for mark in SUBTOTALS}
        for detail in self.details:
            inside = "EEEE" if detail.amounts[MANAGED] is None else "AAAA"
            parts["ZZZZ" if detail.over else inside].append(detail)
        return parts


@dataclass(slots=True)
class Person:
    """The lines of one user in one month."""

    first: int
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    totals: list[Line] = field(default_factory=list)


class Totals:
    """Takes the rows of a 第7表 in order. A user whose total was met is settled when the next user begins."""

    def __init__(self, layout: Layout, into: Collector) -> None:
        self._into = into
        self._columns = [layout.column(layout.number(name)) for name in SUMMED]
        self._at = [column.no - 1 for column in self._columns]
        self._numbers, self._marks = _Numbers(), _Marks()
        self._code = layout.column(9)
        self._price, self._rate = layout.number("単位数単価") - 1, layout.number("給付率") - 1
        self._over = layout.number("３０日超区分") - 1
        self._people: dict[User, Person] = {}
        self._settled: set[int] = set()
        self._last: User | None = None

    def block(self, cells: Sequence[Sequence[str]], columns: Sequence[tuple[str, ...]], lines: Sequence[int]) -> None:
        """Some rows, all of the layout's width, as rows and as columns."""
        glance = Glance(columns, self._at, self._over, self._marks, self._numbers)
        begin = 0
        users = zip(columns[1], columns[2], columns[4], strict=True)
        for user, run in groupby(users):
            end = begin + len(list(run))
            if user != self._last:
                self._settle_last()
                self._last = user
            whole = begin > 0 and end < len(cells) and user not in self._people and hash(user) not in self._settled
            if whole and glance.right(begin, end):
                self._settled.add(hash(user))
                self._last = None
            else:
                self._keep(user, cells[begin:end], lines[begin:end])
            begin = end

    def _keep(self, user: User, cells: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
        """Rows of one user to be looked at when all of them are there."""
        person = self._people.setdefault(user, Person(lines[0]))
        for number, row in zip(lines, cells, strict=True):
            amounts = tuple([self._numbers[row[at]] for at in self._at])
            price, rate = money.price(row[self._price]), self._numbers[row[self._rate]]
            line = Line(number, row[self._over] == "1", amounts, price, rate)
            code = row[8]
            if code == GRAND_TOTAL:
                person.totals.append(line)
                continue
            group = person.groups.setdefault((row[6], code[:2]), Group())
            if code[2:] in SUBTOTALS:
                group.subtotals.setdefault(code[2:], []).append(line)
            else:
                group.details.append(line)

    def finish(self) -> None:
        """Settle everybody who is left."""
        for user, person in self._people.items():
            self._settle(user, person)
        self._people.clear()

    def _settle_last(self) -> None:
        if self._last and self._people[self._last].totals:
            self._settle(self._last, self._people.pop(self._last))

    def _settle(self, user: User, person: Person) -> None:
        known = hash(user)
        if known in self._settled:
            self._again(person)
            return
        self._settled.add(known)
        for (_, kind), group in person.groups.items():
            self._subtotals(kind, group)
        if not person.totals:
            self._into.add(
                Problem(
                    Code.TOTAL_MISSING,
                    "この行から始まる利用者に、合計の行(サービスコード999999)がありません。",
                    "合計の行は必ず要ります。第7表を作り直します。",
                ),
                person.first,
                self._code,
            )
            return
        for extra in person.totals[1:]:
            self._twice(extra.number)
        self._grand_total(person)

    def _again(self, person: Person) -> None:
        if person.totals:
            self._twice(person.totals[0].number)
            return
        self._into.add(
            Problem(
                Code.TOTAL_MISSING,
                "合計の行(999999)より後ろの離れた所に、同じ利用者の行がまたあります。合計に入っているか確かめられません。",
                "利用者ごとに行をまとめて作り直すか、合計を紙の別表と見比べます。",
                Severity.WARNING,
            ),
            person.first,
            self._code,
        )

    def _twice(self, number: int) -> None:
        self._into.add(
            Problem(
                Code.TOTAL_TWICE,
                "同じ利用者の同じ月に、合計の行(999999)が2つあります。",
                "合計は1人に1行です。どちらが正しいか確かめて、作り直します。",
            ),
            number,
            self._code,
        )

    def _subtotals(self, kind: str, group: Group) -> None:
        if not group.subtotals and len(group.details) < 2:
            return
        parts = group.parts()
        inside, outside, over = (parts[mark] for mark in SUBTOTALS)
        if len(inside) > 1 and "AAAA" not in group.subtotals:
            self._into.add(
                Problem(
                    Code.SUBTOTAL_MISSING,
                    f"同じ事業所の同じサービスが{len(inside)}行あるのに、小計の行({kind}AAAA)がありません。",
                    "行がいくつもあるサービスには小計の行が要ります。第7表を作り直します。",
                    Severity.WARNING,
                ),
                inside[0].number,
                self._code,
            )
        readings = {
            "AAAA": (inside, inside + outside, inside + over, group.details),
            "EEEE": (outside, outside + over),
            "ZZZZ": (over,),
        }
        for mark, found in group.subtotals.items():
            sums: list[Sums] = [sums_of(lines) for lines in readings[mark]]
            for subtotal in found:
                self._compare(subtotal, sums, readings[mark], NAMES[mark])

    def _compare(self, total: Line, sums: Sequence[Sums], lines: Sequence[Sequence[Line]], name: str) -> None:
        for at, stated in enumerate(total.amounts):
            if stated is None or stated == sums[0][at]:
                continue
            possible = [amounts[at] for amounts in sums if amounts[at] is not None]
            if not possible or stated in possible:
                continue
            if any(stated in money.computed(total, reading, at) for reading in lines):
                continue
            self._into.add(
                Problem(
                    Code.SUBTOTAL_WRONG,
                    f"{name}が{stated:,}ですが、その事業所の同じサービスの行を足すと{possible[0]:,}です。",
                    "どちらが正しいか紙の別表と見比べて、誤っているほうを直します。",
                ),
                total.number,
                self._columns[at],
            )

    def _grand_total(self, person: Person) -> None:
        total = person.totals[0]
        groups = [_added(group) for group in person.groups.values()]
        everything = [line for group in person.groups.values() for line in group.details]
        for at, stated in enumerate(total.amounts):
            if stated is None or (at == 0 and stated == 0):
                continue  # units of a service need not be totalled
            readings = [sum(amounts[at] or 0 for amounts in reading) for reading in zip(*groups, strict=True)]
            if stated not in readings and stated not in money.computed(total, everything, at):
                self._into.add(
                    Problem(
                        Code.TOTAL_WRONG,
                        f"合計の行が{stated:,}ですが、この利用者の行を足すと{readings[0]:,}です。",
                        "どちらが正しいか紙の別表と見比べて、誤っているほうを直します。",
                    ),
                    total.number,
                    self._columns[at],
                )


def _added(group: Group) -> tuple[Sums, ...]:
    """What a group adds to the total: its subtotals and the lines without one; only its subtotals; only its lines;
    its lines with their yen cut once."""
    details = sums_of(group.details)
    cut_once = money.cut_once([lines for lines in group.parts().values() if lines])
    if not group.subtotals:
        return details, details, details, *cut_once
    stated = sums_of([line for lines in group.subtotals.values() for line in lines])
    without = sums_of([line for mark, lines in group.parts().items() if mark not in group.subtotals for line in lines])
    both = tuple(
        line if total is None else total + (rest or 0)
        for total, rest, line in zip(stated, without, details, strict=True)
    )
    only = tuple(line if total is None else total for total, line in zip(stated, details, strict=True))
    return both, only, details, *cut_once


class Glance:
    """A quick look at the lines of a user, column by column: most are right, and of the plainest shape.

    Plainest: the lines of a service stand together, with their subtotal (AAAA) after them, and the total is there once.
    """

    def __init__(
        self, columns: Sequence[tuple[str, ...]], at: Sequence[int], over: int, marks: _Marks, numbers: _Numbers
    ) -> None:
        self._marks = list(map(marks.__getitem__, columns[8]))
        self._offices = columns[6]
        self._over = columns[over]
        self._amounts = [
            list(map(numbers.__getitem__, columns[place])) if any(columns[place]) else None for place in at
        ]

    def right(self, begin: int, end: int) -> bool:
        """Whether the lines from ``begin`` to before ``end`` are surely right; False when a closer look is needed."""
        total = end - 1
        if self._marks[total] != GRAND_TOTAL or "1" in self._over[begin:end]:
            return False
        groups = self._groups(begin, total)
        return groups is not None and all(
            column is None or _adds_up(column, groups, total, first=at == 0, managed=at == MANAGED)
            for at, column in enumerate(self._amounts)
        )

    def _groups(self, begin: int, total: int) -> list[tuple[int, int, int]] | None:
        """First line, line after the last, and line of the subtotal (or -1) of every service; None: another shape."""
        groups: list[tuple[int, int, int]] = []
        met = set()
        first = begin
        while first < total:
            kind, office = self._marks[first], self._offices[first]
            last = first + 1
            while last < total and self._marks[last] == kind and self._offices[last] == office:
                last += 1
            if len(kind) != 2 or (kind, office) in met:
                return None
            met.add((kind, office))
            subtotal = -1
            if last < total and self._marks[last] == kind + "AAAA" and self._offices[last] == office:
                subtotal = last
            elif last - first > 1:
                return None
            groups.append((first, last, subtotal))
            first = last + (subtotal >= 0)
        return groups


def _adds_up(
    column: list[int | None], groups: list[tuple[int, int, int]], total: int, *, first: bool, managed: bool
) -> bool:
    expected = 0
    for begin, end, subtotal in groups:
        given = column[begin:end]
        if None in given:
            if managed and subtotal >= 0:
                return False
            given = [amount for amount in given if amount is not None]
        added = sum(given)  # type: ignore[arg-type]
        if subtotal >= 0 and column[subtotal] is not None:
            if given and added != column[subtotal]:
                return False
            added = column[subtotal]  # type: ignore[assignment]
        expected += added
    stated = column[total]
    return stated is None or stated == expected or (first and stated == 0)


class _Marks(dict[str, str]):
    """サービスコード → its kind (2 characters) for a line, itself for a subtotal and the total."""

    def __missing__(self, code: str) -> str:
        mark = code if code == GRAND_TOTAL or code[2:] in SUBTOTALS else code[:2]
        if len(self) > REMEMBERED:
            self.clear()
        self[code] = mark
        return mark


class _Numbers(dict[str, "int | None"]):
    """Text of an amount → the number; None when it is blank or none."""

    def __missing__(self, raw: str) -> int | None:
        try:
            number = int(raw) if raw else None
        except ValueError:
            number = None
        if len(self) > REMEMBERED:
            self.clear()
        self[raw] = number
        return number
