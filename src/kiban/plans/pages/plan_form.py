"""The form of a plan: 第1表, 第2表 and 第3表 as on paper, made from the fields of the record ``careplan.plan``.

It is one form for what stands once and three tables of rows. Rows are added on the server, so that it works without a
script; adding one checks nothing and changes nothing that was typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from kiban.plans import week
from kiban.plans.documents import ITEM
from kiban.plans.pages.record_fields import as_time, form_field
from kiban.plans.pages.row_forms import TABLES, RowForm, Table, row_form
from kiban.records import kinds
from kiban.terms.weekdays import WEEKDAYS
from kiban.web.forms import KibanBoundField

FIELDS = (
    "made_on", "first_made_on", "plan_kind", "user_address1", "author", "office_address1", "application_state",
    "certified_on", "certified_from", "certified_until", "care_level", "intention", "board_opinion", "policy",
    "housework_reason", "housework_reason_other", "other_services",
)  # fmt: skip
FURTHEST = dt.timedelta(days=366)  # ahead a plan may be dated: beyond it is a slip of the year
DAYS = {str(number) for number, _ in enumerate(WEEKDAYS, 1)}
Data = QueryDict | Mapping[str, Any]


class MainForm(forms.Form):
    """What stands once in the plan.

    ``base``: the version a correction was begun from; empty for a new plan.
    """

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = kinds.item(ITEM).by_name
        for name in FIELDS:
            if name == "made_on" and not is_new:
                continue  # the day is the plan's name: another day is another plan
            self.fields[name] = form_field(places[name], required=name in ("made_on", "first_made_on", "author"))
        self.fields["base"] = forms.CharField(required=False, widget=forms.HiddenInput)
        if not is_new:
            self.fields["reason"] = forms.CharField(
                label="直す理由",
                max_length=200,
                help_text="例: 誤字を直した、サービスの時間が変わった。版の記録に残ります。",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("housework_reason") == "3" and not cleaned.get("housework_reason_other"):
            self.add_error("housework_reason_other", "「その他」の理由を書いてください。")
        if (made_on := cleaned.get("made_on")) and made_on > (timezone.localdate() + FURTHEST).isoformat():
            self.add_error("made_on", "1年より先の日になっています。年を確かめてください。")
        return cleaned


@dataclass(frozen=True)
class FormError:
    """One thing to mend: where a link leads, and the sentence."""

    anchor: str
    text: str


class PlanForm:
    """All forms of one plan together."""

    def __init__(self, main: MainForm, tables: Mapping[str, Sequence[RowForm]]) -> None:
        self.main, self.tables = main, tables
        self.missing_rows = ""

    @classmethod
    def begun(cls, content: Mapping[str, Any], *, is_new: bool, base: str = "") -> PlanForm:
        """A form to be filled in, beginning with a content."""
        tables = {}
        for table in TABLES:
            initials = table.form.initials(content.get(table.name, []))
            initials += [{}] * max(table.least - len(initials), 0)
            tables[table.name] = [row_form(table, at, initial=initial) for at, initial in enumerate(initials)]
        return cls(MainForm(initial={**content, "base": base}, is_new=is_new), tables)

    @classmethod
    def typed(cls, data: QueryDict, *, is_new: bool) -> PlanForm:
        """What was typed, to be checked."""
        tables = {table.name: [row_form(table, at, data=data) for at in range(_count(data, table))] for table in TABLES}
        return cls(MainForm(data, is_new=is_new), tables)

    @classmethod
    def echoed(cls, data: QueryDict, *, is_new: bool) -> PlanForm:
        """What was typed, as it was typed, with an empty row where one was asked for; nothing is checked."""
        asked, _, place = data.get("add", "").partition("-")
        tables = {}
        for table in TABLES:
            count = _count(data, table)
            initials = [_as_typed(row_form(table, at, data=data), data) for at in range(count)]
            if table.name == asked and count < table.most:
                initials.insert(int(place) + 1 if place.isdecimal() and int(place) < count else count, {})
            tables[table.name] = [row_form(table, at, initial=initial) for at, initial in enumerate(initials)]
        return cls(MainForm(initial=_as_typed(MainForm(data, is_new=is_new), data), is_new=is_new), tables)

    def is_valid(self) -> bool:
        """Whether everything can be read. Every form is asked, so that all that is wrong is told at once."""
        answers = [form.is_valid() for form in self.forms()]
        if all(answers) and not any(form.rows() for form in self.tables["services"]):
            self.missing_rows = "第2表に、1行は書いてください。"
        return all(answers) and not self.missing_rows

    def forms(self) -> Iterator[forms.Form]:
        """The forms in the order of the page."""
        yield self.main
        for table in TABLES:
            yield from self.tables[table.name]

    def content(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The content as typed. What has no input (addresses, limits, agreement) stays as it was ``before``."""
        made = {name: value for name, value in before.items() if name not in {*FIELDS, *self.tables}}
        for name in FIELDS:
            value = self.main.cleaned_data.get(name) if name in self.main.fields else before.get(name)
            if value not in (None, ""):
                made[name] = value
        for table in TABLES:
            if rows := [row for form in self.tables[table.name] for row in form.rows()]:
                made[table.name] = _renumbered(rows)
        settled: dict[str, Any] = _settled(made, before)
        return {place.name: settled[place.name] for place in kinds.item(ITEM).fields if place.name in settled}

    def refuse(self, name: str, sentence: str) -> None:
        """Show at a field (or at the top) why the content may not be kept."""
        self.main.add_error(name if name in self.main.fields else None, sentence)

    def errors(self) -> list[FormError]:
        """Everything to mend, each with the input it is about."""
        errors = [FormError("main", str(text)) for text in self.main.non_field_errors()]
        if self.missing_rows:
            errors.append(FormError("services", self.missing_rows))
        for form in self.forms():
            where = form.title if isinstance(form, RowForm) else ""
            for bound in form.visible_fields():
                assert isinstance(bound, KibanBoundField)  # noqa: S101 - for the type checker
                errors += [FormError(bound.first_id, f"{where}{bound.label}: {text}") for text in bound.errors]
        return errors

    def week(self) -> list[week.Line]:
        """第3表 as it stands in the inputs, whether it can be stored or not."""
        entries = []
        for form in self.tables["week"]:
            values = {name: form[name].value() or "" for name in ("starts_at", "ends_at", "content")}
            if form["gone"].value() or not values["content"]:
                continue
            start, end = (as_time(str(values[name])) for name in ("starts_at", "ends_at"))
            days = [int(day) for day in form["weekdays"].value() or [] if day in DAYS]
            entries += [week.Entry(day, start, end, str(values["content"])) for day in days]
        return week.lines(entries)

    def sections(self) -> list[dict[str, Any]]:
        """The tables with their rows, for the page."""
        return [
            {
                "table": table,
                "rows": self.tables[table.name],
                "count": len(self.tables[table.name]),
                "full": len(self.tables[table.name]) >= table.most,
                "empty": row_form(table, None),
            }
            for table in TABLES
        ]


def _count(data: Data, table: Table) -> int:
    text = str(data.get(f"{table.name}-count", ""))
    return min(int(text), table.most) if text.isascii() and text.isdecimal() and len(text) < 6 else table.least


def _as_typed(form: forms.Form, data: QueryDict) -> dict[str, Any]:
    """What stands in the inputs of a form, whatever it is."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name)) for name, field in form.fields.items()
    }


def _renumbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of 第2表 keep the numbers they came with while these still say the order; else they are counted anew."""
    numbers = [tuple(int(part) for part in row["no"].split("-") if part) for row in rows if row.get("no")]
    if len(numbers) == len(rows) and numbers == sorted(set(numbers)):
        return rows
    return [{name: value for name, value in row.items() if name != "no"} for row in rows]


def _settled(new: Any, old: Any) -> Any:
    """The new value, or the old one where only line ends and blanks around a text differ: a browser changes them."""
    if isinstance(new, str) and isinstance(old, str):
        return old if _plain(new) == _plain(old) else new
    if isinstance(new, dict) and isinstance(old, Mapping):
        return {name: _settled(value, old.get(name)) for name, value in new.items()}
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [_settled(value, before) for value, before in zip(new, old, strict=True)]
    return new


def _plain(text: str) -> str:
    return "\n".join(text.splitlines()).strip()
