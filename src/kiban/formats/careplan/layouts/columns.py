"""A layout: the columns of one kind of file, as data. Everything else (reading, writing, checking, the page of
layouts, the samples) derives from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from kiban.formats.careplan.layouts.faults import Problem
from kiban.formats.careplan.layouts.forms import Form, Text


class Kind(StrEnum):
    """The kinds of file; the value is the beginning of the file's name."""

    USER = "UPHOSOKU"
    PLAN1 = "UP1KYO"
    PLAN1_DELETE = "DLT1KYO"
    PLAN2 = "UP2KYO"
    PLAN3 = "UP3KYO"
    SCHEDULE = "UPPLAN"
    ACTUAL = "UPJSK"
    SCHEDULE_DELETE = "DLTPLAN"
    ACTUAL_DELETE = "DLTJSK"
    BENEFIT = "UPSIKYU"
    BASIC = "UPKIHON"
    BASIC_IMAGE = "UPKIHON_IMAGE"
    BASIC_DAY = "UPKIHON_SUB1"
    BASIC_HISTORY = "UPKIHON_SUB2"
    BASIC_DELETE = "DLTKIHON"
    PREVENTION = "UPYOBO"
    PREVENTION_LINES = "UPYOBO_SUB"
    PREVENTION_DELETE = "DLTYOBO"


class Edition(StrEnum):
    """Which edition of the standard a layout is of; the value is the CSVバージョン."""

    V4_1 = "202407"
    V3_2 = "202208"


class Need(StrEnum):
    """The mark at a column, as it stands in the standard."""

    REQUIRED = "○"
    REQUIRED_BOTH = "●"  # 介護予防: 必須 and 必要
    NEEDED = "必要"  # 介護予防: 必要 only; the standard does not define the difference
    LIKELY = "○?"
    UNSURE = "?"
    CONDITION = "条件"
    OPTIONAL = ""


class Grade(StrEnum):
    """How sure the mark is: A read as it stands, B alignment reconstructed, C inference."""

    A = "A"
    A_MINUS = "A−"
    B_PLUS = "B+"
    B = "B"
    C = "C"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        no: position in the record, from 1.
        name: 日本語名称 as printed.
        grade: of the mark.
        key: part of what links files or tells records apart; a blank is always an error.
    """

    no: int
    name: str
    form: Form
    need: Need = Need.OPTIONAL
    grade: Grade = Grade.A
    note: str = ""
    key: bool = False

    @property
    def is_text(self) -> bool:
        """Free text, written in quotation marks."""
        return isinstance(self.form, Text)


@dataclass(frozen=True)
class RowRule:
    """A rule over some columns of one row.

    holds: gets the values of ``columns`` in that order; None when the rule is kept.
    at: number of the column the finding is shown at.
    """

    columns: tuple[int, ...]
    problem: Callable[..., Problem | None]
    at: int


@dataclass(frozen=True)
class Layout:
    """One kind of file in one edition.

    Attributes:
        link: numbers of the columns that link a record to those of other files.
        unique: numbers of the columns that may not repeat together within a file; empty where nothing is known.
        month: number of the column with the service month; None where a file has none.
        inferred: the order of the columns is not from the text of the standard.
    """

    kind: Kind
    title: str
    columns: tuple[Column, ...]
    link: tuple[int, ...]
    unique: tuple[int, ...] = ()
    month: int | None = None
    rules: tuple[RowRule, ...] = ()
    edition: Edition = Edition.V4_1
    inferred: bool = False
    about: str = ""

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The Japanese names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, no: int) -> Column:
        """The column with this number (from 1)."""
        return self.columns[no - 1]

    def number(self, name: str) -> int:
        """The number of the first column with this Japanese name. Raises ValueError."""
        return self.names.index(name) + 1


Draft = tuple[str, Form, Need, str]


def c(name: str, form: Form | None = None, need: Need = Need.OPTIONAL, note: str = "") -> Draft:
    """A column before it has its number; without form free text."""
    return name, form or Text(), need, note


def numbered(
    drafts: Iterable[Draft], *, grade: Grade, keys: Iterable[int], grades: dict[int, Grade] | None = None
) -> tuple[Column, ...]:
    """The columns with their numbers and the grade of their marks."""
    certain, exceptions = set(keys), grades or {}
    return tuple(
        Column(no, name, form, need, exceptions.get(no, grade), note, no in certain)
        for no, (name, form, need, note) in enumerate(drafts, 1)
    )


def without(layout: Layout, dropped: Iterable[int], edition: Edition, **changes: object) -> Layout:
    """The layout of an earlier edition that lacked some columns; numbers in links and rules follow."""
    gone = set(dropped)
    kept = [column.no for column in layout.columns if column.no not in gone]
    at = {old: new for new, old in enumerate(kept, 1)}
    return replace(
        layout,
        columns=tuple(replace(layout.column(old), no=new) for new, old in enumerate(kept, 1)),
        link=tuple(at[no] for no in layout.link),
        unique=tuple(at[no] for no in layout.unique if no in at),
        month=at[layout.month] if layout.month else None,
        rules=tuple(
            RowRule(tuple(at[no] for no in rule.columns), rule.problem, at[rule.at])
            for rule in layout.rules
            if gone.isdisjoint(rule.columns)
        ),
        edition=edition,
        **changes,  # type: ignore[arg-type]
    )
