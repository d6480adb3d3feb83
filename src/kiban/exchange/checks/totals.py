"""第7表: subtotals and the grand total of every user against the lines above them.

The worked examples of the standard are pictures, so where it is silent every reading is taken: a total is wrong only
when no reading of the lines gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kiban.exchange.checks.collecting import Collector
from kiban.exchange.layouts.columns import Column, Layout
from kiban.exchange.layouts.faults import Code, Problem, Severity
from kiban.exchange.layouts.rules import GRAND_TOTAL, SUBTOTALS

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
MANAGED = 1  # 給付管理単位数 among them: blank outside 区分支給限度
NAMES = {"AAAA": "区分支給対象の小計", "EEEE": "対象外の小計", "ZZZZ": "30日超の小計"}
User = tuple[str, str, str]


@dataclass(slots=True)
class Line:
    """A line with its amounts (None: blank or no number)."""

    number: int
    amounts: list[int | None]
    over: bool  # 30日超


@dataclass(slots=True)
class Group:
    """The lines of one office and one kind of service."""

    details: list[Line] = field(default_factory=list)
    subtotals: dict[str, list[Line]] = field(default_factory=dict)

    def part(self, mark: str) -> list[Line]:
        """The lines a subtotal is of: AAAA within 区分支給限度, EEEE outside it, ZZZZ 30日超."""
        if mark == "ZZZZ":
            return [one for one in self.details if one.over]
        return [one for one in self.details if not one.over and (one.amounts[MANAGED] is None) == (mark == "EEEE")]


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
        self._code = layout.column(9)
        self._over = layout.number("３０日超区分") - 1
        self._people: dict[User, Person] = {}
        self._settled: set[int] = set()
        self._last: User | None = None

    def block(self, cells: Sequence[Sequence[str]], lines: Iterable[int]) -> None:
        """Some rows, all of the layout's width."""
        at, over = self._at, self._over
        for number, row in zip(lines, cells, strict=True):
            user = row[1], row[2], row[4]
            if user != self._last:
                self._settle_last()
                self._last = user
            person = self._people.get(user)
            if person is None:
                person = self._people[user] = Person(number)
            line = Line(number, [_amount(row[one]) for one in at], row[over] == "1")
            code = row[8]
            if code == GRAND_TOTAL:
                person.totals.append(line)
                continue
            place = row[6], code[:2]
            group = person.groups.get(place)
            if group is None:
                group = person.groups[place] = Group()
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
                    "合計の行は必ず要ります。第7表を作り直してもらってください。",
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
                "利用者ごとに行をまとめて作り直してもらうか、合計を紙の別表と見比べてください。",
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
                "合計は1人に1行です。どちらが正しいか確かめて、作り直してもらってください。",
            ),
            number,
            self._code,
        )

    def _subtotals(self, kind: str, group: Group) -> None:
        inside, outside, over = (group.part(mark) for mark in SUBTOTALS)
        if len(inside) > 1 and "AAAA" not in group.subtotals:
            self._into.add(
                Problem(
                    Code.SUBTOTAL_MISSING,
                    f"同じ事業所の同じサービスが{len(inside)}行あるのに、小計の行({kind}AAAA)がありません。",
                    "行がいくつもあるサービスには小計の行が要ります。第7表を作り直してもらってください。",
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
            for subtotal in found:
                for at, column in enumerate(self._columns):
                    self._compare(subtotal, at, column, readings[mark], NAMES[mark])

    def _compare(self, total: Line, at: int, column: Column, readings: Iterable[Sequence[Line]], name: str) -> None:
        stated = total.amounts[at]
        sums = [sum_of(lines, at) for lines in readings]
        possible = [one for one in sums if one is not None]
        if stated is None or not possible or stated in possible:
            return
        self._into.add(
            Problem(
                Code.SUBTOTAL_WRONG,
                f"{name}が{stated:,}ですが、その事業所の同じサービスの行を足すと{possible[0]:,}です。",
                "どちらが正しいか紙の別表と見比べて、誤っているほうを直してもらってください。",
            ),
            total.number,
            column,
        )

    def _grand_total(self, person: Person) -> None:
        total = person.totals[0]
        for at, column in enumerate(self._columns):
            stated = total.amounts[at]
            if stated is None or (at == 0 and stated == 0):
                continue  # units of a service need not be totalled
            readings = [
                sum(reading) for reading in zip(*(_group(one, at) for one in person.groups.values()), strict=True)
            ]
            expected = readings[0] if readings else 0
            if stated not in (readings or [0]):
                self._into.add(
                    Problem(
                        Code.TOTAL_WRONG,
                        f"合計の行が{stated:,}ですが、この利用者の行を足すと{expected:,}です。",
                        "どちらが正しいか紙の別表と見比べて、誤っているほうを直してもらってください。",
                    ),
                    total.number,
                    column,
                )


def sum_of(lines: Iterable[Line], at: int) -> int | None:
    """The sum of a column; None when no line has a number there."""
    amounts = [line.amounts[at] for line in lines]
    given = [one for one in amounts if one is not None]
    return sum(given) if given else None


def _group(group: Group, at: int) -> tuple[int, int, int]:
    """What a group adds to the total: its subtotals and the lines without one; only its subtotals; only its lines."""
    details = sum_of(group.details, at) or 0
    if not group.subtotals:
        return details, details, details
    stated = sum_of([one for lines in group.subtotals.values() for one in lines], at)
    without = sum(sum_of(group.part(mark), at) or 0 for mark in SUBTOTALS if mark not in group.subtotals)
    if stated is None:
        return details, details, details
    return stated + without, stated, details


def _amount(raw: str) -> int | None:
    if not raw:
        return None
    try:
        return int(raw)
    except ValueError:
        return None
