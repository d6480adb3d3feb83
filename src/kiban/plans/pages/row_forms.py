"""The tables of a plan's form: a small form for each row of 第2表 and 第3表."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from kiban.plans.pages.record_fields import fields_of_table, form_field
from kiban.registry.names import office_name
from kiban.terms.weekdays import WEEKDAYS


class RowForm(forms.Form):
    """One row of a table. An empty row is not stored."""

    table = ""
    title = ""  # what messages call the row
    at: int | None = None  # its place in the table; None: the pattern a script copies
    order: tuple[str, ...] = ()  # order of the inputs, where it differs from the record
    gone = forms.BooleanField(label="この行を消す", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_permitted", True)
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        for place in fields_of_table(self.table):
            if self.has_input(place.name):
                self.fields[place.name] = form_field(place)
        self.order_fields([*self.order, *(name for name in self.fields if name != "gone"), "gone"])

    def has_input(self, name: str) -> bool:
        """Whether the field of the record has an input of its own."""
        return True

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the record this form stands for; no row when it is empty or to be deleted."""
        if self.cleaned_data.get("gone"):
            return []
        row = {name: value for name, value in self.cleaned_data.items() if name != "gone" and value not in (None, "")}
        return [row] if row else []

    @classmethod
    def initials(cls, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What the form begins with for rows of the record."""
        return [dict(row) for row in rows]


class ServiceForm(RowForm):
    """A line of 第2表."""

    table = "services"
    order = (  # four beside each other: long texts, periods, who
        "need", "long_goal", "short_goal", "content", "long_period", "short_period", "frequency", "period", "insured",
        "service", "provider", "provider_number",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["no"].widget = forms.HiddenInput()
        self.fields["service"].widget = forms.TextInput({"list": "service-kinds", "autocomplete": "off"})
        self.fields["provider"].widget = forms.TextInput({"list": "offices", "autocomplete": "off"})
        self.fields["provider"].help_text = "一覧から選ぶと、番号も入ります。"
        self.fields["provider_number"].help_text = "10桁。番号だけ打つと、名前を台帳から入れます。保険外は空けます。"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("provider_number") and not cleaned.get("provider"):
            cleaned["provider"] = office_name(cleaned["provider_number"]) or None
        return cleaned

    def rows(self) -> list[dict[str, Any]]:
        return [row for row in super().rows() if set(row) != {"no"}]


class WeekForm(RowForm):
    """A service of 第3表: on which days, from when until when. The record has a row for each of the days."""

    table = "week"
    order = ("weekdays",)
    weekdays = forms.MultipleChoiceField(
        label="曜日",
        required=False,
        choices=[(str(number), day) for number, day in enumerate(WEEKDAYS, 1)],
        widget=forms.CheckboxSelectMultiple,
    )

    def has_input(self, name: str) -> bool:
        return name != "weekday"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("gone") and any(cleaned.get(name) for name in ("starts_at", "ends_at", "content")):
            for name, word in (("weekdays", "曜日を選んでください。"), ("content", "サービスの内容を書いてください。")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, word)
        elif cleaned.get("weekdays") and not cleaned.get("gone"):
            self.add_error("content", "サービスの内容を書いてください。")
        return cleaned

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"weekday": day, **{name: value for name, value in row.items() if name != "weekdays"}}
            for row in super().rows()
            for day in row.get("weekdays", [])
        ]

    @classmethod
    def initials(cls, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        together: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in rows:
            key = tuple(row.get(name, "") for name in ("starts_at", "ends_at", "content"))
            line = together.setdefault(key, {name: row[name] for name in row if name != "weekday"} | {"weekdays": []})
            if "weekday" in row:
                line["weekdays"].append(row["weekday"])
        return list(together.values())


class ActivityForm(RowForm):
    """An activity of the day in 第3表."""

    table = "activities"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        timed = cleaned.get("starts_at") or cleaned.get("ends_at")
        if timed and not cleaned.get("activity") and not cleaned.get("gone") and "activity" not in self.errors:
            self.add_error("activity", "活動を書いてください。")
        return cleaned


@dataclass(frozen=True)
class Table:
    """A table of the form.

    Attributes:
        least: rows an empty form begins with. most: rows a form takes.
    """

    name: str
    title: str
    form: type[RowForm]
    least: int
    most: int


TABLES = (
    Table("services", "第2表", ServiceForm, 2, 100),
    Table("week", "第3表 週間サービス", WeekForm, 2, 60),
    Table("activities", "第3表 主な日常生活上の活動", ActivityForm, 1, 40),
)


def row_form(table: Table, at: int | None, **more: Any) -> RowForm:
    """A row's form; ``None``: the pattern a script copies."""
    form = table.form(prefix=f"{table.name}-{'NEW' if at is None else at}", **more)
    form.title = f"{table.title} {'' if at is None else at + 1}行目 "
    form.at = at
    return form
