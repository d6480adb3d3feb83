"""What a kind of information is: its items, their fields in groups, checks across fields, and how it is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from kiban.records.fields import NOTHING, Field, Rows
from kiban.records.parsing import FieldError


class Sender(StrEnum):
    """Who sends the records of an item; it becomes ``source`` of each version."""

    INSURER = "insurer"
    OFFICE = "office"
    LIFE = "life"


WIDE = 7  # columns that stand beside each other on a page 1280 pixels wide


class DisplayLine(NamedTuple):
    """One line of a page."""

    label: str
    value: str


class DisplayTable(NamedTuple):
    """A table of a page."""

    label: str
    columns: list[str]
    rows: list[list[str]]

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """The rows, each cell with the name of its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def is_wide(self) -> bool:
        """Whether a screen is too narrow for its columns beside each other: its rows become cards."""
        return len(self.columns) > WIDE


class DisplayGroup(NamedTuple):
    """Lines that stand together under a heading, then tables."""

    label: str
    lines: list[DisplayLine]
    tables: list[DisplayTable]


class Problem(NamedTuple):
    """Something wrong with the content of a record; ``field`` is the name of the field."""

    field: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Group:
    """Fields that stand together, in the order staff know."""

    label: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Check:
    """A rule across fields. ``holds`` gets the values of ``fields`` in order (None: not given)."""

    fields: tuple[str, ...]
    holds: Callable[..., bool]
    reason: str
    remedy: str


@dataclass(frozen=True)
class Item:
    """One item of a kind; ``key`` is ``<kind>.<item>``.

    valid_from, valid_until: names of the date fields that say from which day to which last day a record holds.
    entry: fields that tell several entries of one person apart (a purchase, a plan).
    sender_field: with an office as sender, the field that holds its number.
    source: the document the fields are taken from.
    """

    key: str
    label: str
    source: str
    groups: tuple[Group, ...]
    checks: tuple[Check, ...] = ()
    valid_from: str = ""
    valid_until: str = ""
    entry: tuple[str, ...] = ()
    sender: Sender = Sender.INSURER
    sender_field: str = ""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All fields in order."""
        return tuple(field for group in self.groups for field in group.fields)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Fields by English name."""
        return {field.name: field for field in self.fields}

    def validity(self, content: dict[str, Any]) -> tuple[dt.date | None, dt.date | None]:
        """The half-open range in which a record holds: first day, first day no longer (None: open)."""
        first, last = content.get(self.valid_from), content.get(self.valid_until)
        return (
            dt.date.fromisoformat(first) if first else None,
            dt.date.fromisoformat(last) + dt.timedelta(days=1) if last else None,
        )

    def entry_of(self, content: dict[str, Any]) -> str:
        """Which of several entries a content is."""
        return "/".join(str(content.get(name, "")) for name in self.entry)

    def problems(self, content: dict[str, Any]) -> list[Problem]:
        """Everything wrong with a content, whoever made it; empty when it may be kept."""
        problems = [
            Problem(name, "この情報にない項目です。", "項目の名前を確かめてください。")
            for name in content
            if name not in self.by_name
        ]
        for field in self.fields:
            if field.name not in content:
                if field.required:
                    problems.append(Problem(field.name, f"「{field.label}」がありません。", "書き加えてください。"))
                continue
            try:
                as_read = field.parse(field.write(content[field.name]))
            except FieldError as error:
                problems.append(Problem(field.name, error.reason, error.remedy))
            except (TypeError, ValueError, AttributeError, KeyError):
                problems.append(Problem(field.name, "型が違います。", f"{field.type_name}で書いてください。"))
            else:
                if as_read != content[field.name] or isinstance(content[field.name], bool) != isinstance(as_read, bool):
                    problems.append(Problem(field.name, "型が違います。", f"{field.type_name}で書いてください。"))
        return problems or [
            Problem(check.fields[-1], check.reason, check.remedy)
            for check in self.checks
            if not check.holds(*(content.get(name) for name in check.fields))
        ]

    def display(self, content: dict[str, Any]) -> list[DisplayGroup]:
        """The groups of a record as a page shows them; groups with nothing to say are left out."""
        shown = (self._shown(group, content) for group in self.groups)
        return [group for group in shown if group.lines or group.tables]

    def _shown(self, group: Group, content: dict[str, Any]) -> DisplayGroup:
        lines, tables = [], []
        for field in group.fields:
            value = content.get(field.name)
            if value is None or value == []:
                if field.shows_nothing:
                    lines.append(DisplayLine(field.label, NOTHING))
            elif isinstance(field, Rows):
                tables.append(_table(field, value))
            else:
                lines.append(DisplayLine(field.label, field.show(value)))
        return DisplayGroup(group.label, lines, tables)

    def differences(self, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        """Labels of the fields whose values differ, in the order of the form."""
        return [field.label for field in self.fields if old.get(field.name) != new.get(field.name)]


def _table(field: Rows, value: list[dict[str, Any]]) -> DisplayTable:
    """A table without the columns in which nothing is written."""
    rows = field.table(value)
    written = [at for at in range(len(field.fields)) if any(row[at] for row in rows)]
    columns = [field.fields[at].label for at in written]
    return DisplayTable(field.label, columns, [[row[at] for at in written] for row in rows])


@dataclass(frozen=True)
class Kind:
    """A kind of information; ``position`` orders the tabs as staff know them."""

    key: str
    label: str
    position: int
    items: tuple[Item, ...]


def ordered(first: str, last: str, reason: str = "") -> Check:
    """``last`` may not lie before ``first`` (the last day is included in the period)."""
    return Check(
        (first, last),
        lambda a, b: not (a and b) or a <= b,
        reason or "終わりの日が始まりの日より前です。",
        "2つの日付を確かめてください。",
    )


def needs(what: str, other: str, reason: str, remedy: str) -> Check:
    """When ``what`` is given, ``other`` must be."""
    return Check((what, other), lambda a, b: a in (None, [], False) or b not in (None, ""), reason, remedy)
