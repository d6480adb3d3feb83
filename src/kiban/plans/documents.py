"""居宅サービス計画 as files and as a record: every column of the plan set has its field in ``careplan.plan``, or its
place in ``PlanUser``; what fits nowhere is reported, never dropped.

A fact that stands in several files (認定日 in 第1表 and in 利用者補足情報) is kept once and written everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiban.formats.careplan.layouts import Document, Kind, layout
from kiban.formats.careplan.layouts.kinds import CURRENT
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH
from kiban.records import kinds
from kiban.records.fields import Date, Field, Rows
from kiban.records.items import Problem
from kiban.records.parsing import FieldError

ITEM = "careplan.plan"
KINDS = (Kind.PLAN1, Kind.PLAN2, Kind.PLAN3, Kind.USER)  # in the order in which a fact is looked for
INSURER, INSURED = 2, 3
MADE_ON = {Kind.PLAN1: 14, Kind.PLAN2: 5, Kind.PLAN3: 5, Kind.USER: 4}
USER_MONTH = 63

# Column → field of the record.
PLAN1 = {
    4: "written_on", 5: "user_postal", 6: "user_address1", 7: "user_address2", 8: "author", 9: "office_name",
    10: "office_postal", 11: "office_address1", 12: "office_address2", 13: "office_number", 14: "made_on",
    15: "first_made_on", 16: "plan_kind", 17: "application_state", 18: "certified_on", 19: "certified_from",
    20: "certified_until", 21: "care_level", 22: "intention", 23: "board_opinion", 24: "policy", 25: "housework_reason",
    26: "housework_reason_other", 27: "updater",
}  # fmt: skip
USER = {
    9: "user_postal", 10: "user_address1", 11: "user_address2", 12: "user_phone", 13: "certified_on", 14: "limit_from",
    15: "limit_until", 16: "application_state", 17: "level_changed_on", 18: "care_level", 19: "limit_units",
    56: "over_limit_units", 57: "stay_days_before", 58: "stay_days", 59: "previous_care_level", 60: "consent_office",
    61: "updater",
}  # fmt: skip
PLAN2 = {4: "table2_on", 21: "updater"}
PLAN3 = {4: "table3_on"}
SINGLE: Mapping[Kind, Mapping[int, str]] = {Kind.PLAN1: PLAN1, Kind.PLAN2: PLAN2, Kind.PLAN3: PLAN3, Kind.USER: USER}
# Column → field of a row of a table.
SERVICES = {
    7: "need", 9: "long_goal", 10: "short_goal", 11: "long_period", 12: "short_period", 14: "content", 15: "insured",
    16: "service", 17: "provider_number", 18: "provider", 19: "frequency", 20: "period",
}  # fmt: skip
NUMBERS = (6, 8, 13)  # 課題ＮＯ, 援助目標ＮＯ, 援助内容ＮＯ: one field, "1-1-2"
WEEK = {6: "content", 7: "weekday", 8: "starts_at", 9: "ends_at"}
ACTIVITIES = {10: "activity", 11: "starts_at", 12: "ends_at"}
OTHER_SERVICES = 13
SLOTS = tuple(range(20, 56, 4))
SLOT = ("service_kind", "limit", "total", "over")
# Who the person is stands with the person, not in the record.
PERSON = {5: "kana", 6: "name", 7: "sex", 8: "birth"}
UNUSED = {Kind.PLAN1: 28, Kind.PLAN2: 22, Kind.USER: 62}
# Days a file must have and a record need not: the day of the plan, when nothing else was said.
DAYS = ("written_on", "table2_on", "table3_on")
LINE_END = "\r\n"
Cells = Sequence[str]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class PlanUser:
    """Who a plan is about, as 利用者補足情報 says it. ``birth``: YYYYMMDD. Empty where the files did not say."""

    insurer_no: str
    insured_no: str
    kana: str = ""
    name: str = ""
    sex: str = ""
    birth: str = ""


@dataclass(frozen=True)
class Unplaced:
    """A value the record has no place for. Never repeats the value: it is about a person.

    Attributes:
        row: of the files' rows of this plan, from 1. column: from 1.
        reason: one Japanese sentence.
    """

    kind: Kind
    row: int
    column: int
    column_name: str
    reason: str


@dataclass
class Plan:
    """One plan of one user.

    Attributes:
        made_on: 居宅サービス計画作成(変更)日, YYYYMMDD as in the file.
        content: of the record; left out is what stands in ``unplaced``.
    """

    user: PlanUser
    made_on: str
    content: dict[str, Any]
    unplaced: list[Unplaced] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """Why the content may not be kept; empty when it may."""
        return kinds.item(ITEM).problems(self.content)


def read_plans(documents: Iterable[Document]) -> list[Plan]:
    """The plans in files of one sending unit (利用者補足情報, 第1表, 第2表, 第3表), in the order of 第1表.

    Rows without a 第1表 of the same user and day make a plan too; it then lacks what is required (``problems``).
    """
    rows: dict[Key, dict[Kind, list[Cells]]] = defaultdict(lambda: defaultdict(list))
    for document in sorted(documents, key=_place_in_order):
        kind = document.layout.kind
        if kind not in KINDS:
            continue
        for cells in document.rows:
            if kind is not Kind.USER or cells[USER_MONTH - 1] in ("", EMPTY_MONTH):
                rows[cells[INSURER - 1], cells[INSURED - 1], cells[MADE_ON[kind] - 1]][kind].append(cells)
    return [_Reader(key, cells_of_kinds).plan() for key, cells_of_kinds in rows.items()]


def _place_in_order(document: Document) -> int:
    return KINDS.index(document.layout.kind) if document.layout.kind in KINDS else -1


class _Reader:
    """Reads the rows of one plan."""

    def __init__(self, key: Key, rows: Mapping[Kind, list[Cells]]) -> None:
        self.insurer_no, self.insured_no, self.made_on = key
        self.rows = {kind: rows.get(kind, []) for kind in KINDS}
        self.item = kinds.item(ITEM)
        self.content: dict[str, Any] = {}
        self.unplaced: list[Unplaced] = []

    def plan(self) -> Plan:
        for kind in KINDS:
            for number, cells in enumerate(self.rows[kind], 1):
                for column, name in SINGLE[kind].items():
                    self._single(kind, number, column, name, cells)
                if kind in UNUSED and cells[UNUSED[kind] - 1]:
                    self._report(kind, number, UNUSED[kind], "使わないことになっている欄です。")
        for name in DAYS:
            if self.content.get(name) == self.content.get("made_on"):
                self.content.pop(name, None)
        self._services()
        self._week()
        self._limits()
        return Plan(self._user(), self.made_on, self._in_order(), self.unplaced)

    def _single(self, kind: Kind, number: int, column: int, name: str, cells: Cells) -> None:
        value = self._value(kind, number, column, self.item.by_name[name], cells)
        if value is None:
            return
        if self.content.setdefault(name, value) != value:
            self._report(kind, number, column, "ほかの行か、ほかの表にある値と違います。先にあるほうを残しました。")

    def _services(self) -> None:
        table = self._table("services")
        lines = []
        for number, cells in enumerate(self.rows[Kind.PLAN2], 1):
            row = self._row(Kind.PLAN2, number, SERVICES, table, cells)
            joined = "-".join(cells[at - 1] for at in NUMBERS)
            if joined.strip("-"):
                try:
                    row["no"] = _by_name(table, "no").parse(joined)
                except FieldError as error:
                    self._report(Kind.PLAN2, number, NUMBERS[0], error.reason)
            lines.append((number, row))
        if all(_numbers(row) for _, row in lines):
            lines.sort(key=lambda line: _numbers(line[1]))
        self._keep("services", Kind.PLAN2, SERVICES, lines)

    def _week(self) -> None:
        week, activities = self._table("week"), self._table("activities")
        services, days, others = [], [], []
        for number, cells in enumerate(self.rows[Kind.PLAN3], 1):
            services.append((number, self._row(Kind.PLAN3, number, WEEK, week, cells)))
            days.append((number, self._row(Kind.PLAN3, number, ACTIVITIES, activities, cells)))
            others.append((number, cells[OTHER_SERVICES - 1]))
        self._keep("week", Kind.PLAN3, WEEK, services)
        self._keep("activities", Kind.PLAN3, ACTIVITIES, days)
        # The form has one box for them; a file may have a record for each.
        place = self.item.by_name["other_services"]
        text = ""
        for number, other in others:
            if not other.strip():
                continue
            longer = f"{text}{LINE_END}{other}" if text else other
            try:
                text = place.parse(longer)
            except FieldError as error:
                self._report(Kind.PLAN3, number, OTHER_SERVICES, error.reason)
        if text:
            self.content["other_services"] = text

    def _limits(self) -> None:
        table = self._table("service_limits")
        lines = []
        rows = self.rows[Kind.USER]
        for number, cells in enumerate(rows[1:], 2):
            if cells[SLOTS[0] - 1 : SLOTS[-1] + 3] != rows[0][SLOTS[0] - 1 : SLOTS[-1] + 3]:
                self._report(Kind.USER, number, SLOTS[0], "同じ人の、ほかの行にある値と違います。")
        for cells in rows[:1]:
            for first in SLOTS:
                columns = {first + at: name for at, name in enumerate(SLOT)}
                lines.append((1, self._row(Kind.USER, 1, columns, table, cells)))
        self._keep("service_limits", Kind.USER, {SLOTS[0]: SLOT[0]}, lines)

    def _user(self) -> PlanUser:
        values: dict[str, str] = {}
        for number, cells in enumerate(self.rows[Kind.USER], 1):
            for column, name in PERSON.items():
                if cells[column - 1] and values.setdefault(name, cells[column - 1]) != cells[column - 1]:
                    self._report(Kind.USER, number, column, "同じ人の、ほかの行にある値と違います。")
        return PlanUser(self.insurer_no, self.insured_no, **values)

    def _row(
        self, kind: Kind, number: int, columns: Mapping[int, str], table: Sequence[Field], cells: Cells
    ) -> dict[str, Any]:
        """The fields of a row that are given and have their place."""
        values = {
            name: self._value(kind, number, column, _by_name(table, name), cells) for column, name in columns.items()
        }
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, kind: Kind, number: int, column: int, place: Field, cells: Cells) -> Any:
        """What a cell says; None: nothing, or nothing that has a place (reported)."""
        raw = cells[column - 1]
        if not raw.strip() or (isinstance(place, Date) and not raw.strip("0")):
            return None
        try:
            return place.parse(raw)
        except FieldError as error:
            self._report(kind, number, column, error.reason)
            return None

    def _keep(
        self, name: str, kind: Kind, columns: Mapping[int, str], lines: Sequence[tuple[int, dict[str, Any]]]
    ) -> None:
        place = self.item.by_name[name]
        assert isinstance(place, Rows)  # noqa: S101 - for the type checker
        filled = [(number, row) for number, row in lines if row]
        for number, _ in filled[place.most :]:
            self._report(kind, number, min(columns), f"行が多すぎます。{place.most}行までしか残せません。")
        if filled:
            self.content[name] = [row for _, row in filled[: place.most]]

    def _table(self, name: str) -> Sequence[Field]:
        place = self.item.by_name[name]
        assert isinstance(place, Rows)  # noqa: S101 - for the type checker
        return place.fields

    def _report(self, kind: Kind, number: int, column: int, reason: str) -> None:
        self.unplaced.append(Unplaced(kind, number, column, layout(kind).column(column).name, reason))

    def _in_order(self) -> dict[str, Any]:
        return {place.name: self.content[place.name] for place in self.item.fields if place.name in self.content}


def write_plan(user: PlanUser, content: Mapping[str, Any]) -> dict[Kind, list[list[str]]]:
    """The rows of the four files for one plan: what ``kiban.formats.careplan.layouts.write`` takes.

    Agreement and delivery have no column.

    Raises:
        KeyError: the content has no day.
    """
    made_on = _compact(content["made_on"])
    with_days = {**dict.fromkeys(DAYS, content["made_on"]), **content}
    item = kinds.item(ITEM)

    def record(kind: Kind, more: Mapping[int, str]) -> list[str]:
        cells = [""] * layout(kind).width
        cells[0], cells[INSURER - 1], cells[INSURED - 1] = CURRENT, user.insurer_no, user.insured_no
        cells[MADE_ON[kind] - 1] = made_on
        for column, name in SINGLE[kind].items():
            if name in with_days:
                cells[column - 1] = _cell(item.by_name[name], with_days[name])
        for column, value in more.items():
            cells[column - 1] = value
        return cells

    def rows(name: str, columns: Mapping[int, str]) -> list[dict[int, str]]:
        place = item.by_name[name]
        assert isinstance(place, Rows)  # noqa: S101 - for the type checker
        return [
            {column: _cell(_by_name(place.fields, cell), row[cell]) for column, cell in columns.items() if cell in row}
            for row in content.get(name, [])
        ]

    person = {column: getattr(user, name) for column, name in PERSON.items()}
    limits = {
        first + at: cell
        for first, row in zip(SLOTS, rows("service_limits", dict(enumerate(SLOT))), strict=False)
        for at, cell in row.items()
    }
    services = [
        row | dict(zip(NUMBERS, number, strict=True))
        for row, number in zip(rows("services", SERVICES), _numbered(content.get("services", [])), strict=True)
    ]
    others = [{OTHER_SERVICES: content["other_services"]}] if content.get("other_services") else []
    return {
        Kind.PLAN1: [record(Kind.PLAN1, {})],
        Kind.PLAN2: [record(Kind.PLAN2, row) for row in services],
        Kind.PLAN3: [
            record(Kind.PLAN3, row) for row in (*rows("week", WEEK), *rows("activities", ACTIVITIES), *others)
        ],
        Kind.USER: [record(Kind.USER, person | limits | {USER_MONTH: EMPTY_MONTH})],
    }


def _numbered(services: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """課題ＮＯ, 援助目標ＮＯ and 援助内容ＮＯ of each row: as they are when there are any, else counted as in the
    worked example of the standard: a new 課題, a new 長期目標 and each row count one up."""
    if any(row.get("no") for row in services):
        return [tuple(row.get("no", "--").split("-")) for row in services]
    counted: list[tuple[str, ...]] = []
    need = goal = line = 0
    for row in services:
        if row.get("need") or not need:
            need, goal, line = need + 1, 1, 0
        elif row.get("long_goal"):
            goal, line = goal + 1, 0
        line += 1
        counted.append((str(need), str(goal), str(line)))
    return counted


def _numbers(row: Mapping[str, Any]) -> tuple[int, ...]:
    """The three numbers, to sort by; none when one is missing."""
    parts = row.get("no", "").split("-")
    return tuple(map(int, parts)) if all(parts) else ()


def _by_name(fields: Sequence[Field], name: str) -> Field:
    return next(place for place in fields if place.name == name)


def _cell(place: Field, value: Any) -> str:
    return _compact(value) if isinstance(place, Date) else place.write(value)


def _compact(day: str) -> str:
    return day.replace("-", "")
