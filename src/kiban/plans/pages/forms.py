"""The form of a plan: 第1表, 第2表 and 第3表 as on paper, made from the fields of the record ``careplan.plan``.

A sheet is one form and three tables of rows. Rows are added on the server, so that it works without a script; adding
one checks nothing and changes nothing that was typed.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from kiban.plans.documents import DAYS, ITEM
from kiban.records import kinds
from kiban.records.fields import Code, Date, Field, FieldError, Number, Rows, Text
from kiban.web.forms import KibanBoundField, WarekiField

LONG = 250  # characters a text may have before it gets a box of several lines
CHOOSE = "選んでください"
FIELDS = (
    "made_on", "first_made_on", "plan_kind", "author", "application_state", "certified_on", "certified_from",
    "certified_until", "care_level", "intention", "board_opinion", "policy", "housework_reason",
    "housework_reason_other", "other_services",
)  # fmt: skip
HELP = {
    "made_on": "この計画を作った(変えた)日です。登録したあとは変えられません。",
    "first_made_on": "この事業所がはじめて計画を作った日です。",
    "housework_reason": "生活援助中心型の訪問介護を位置づけるときだけ選びます。",
    "housework_reason_other": "「その他」を選んだときに書きます。",
    "other_services": "福祉用具貸与、住宅改修、短期入所、居宅療養管理指導など。",
}
FURTHEST = dt.timedelta(days=366)  # ahead a plan may be dated: beyond it is a slip of the year
WEEKDAYS = "月火水木金土日"
Data = QueryDict | Mapping[str, Any]


class _FromRecord:
    """A form field that lets the field of the record read what was typed."""

    place: Field

    def clean(self, value: Any) -> Any:
        typed: str = super().clean(value)  # type: ignore[misc]
        if not typed:
            return None
        try:
            return self.place.parse(typed)
        except FieldError as error:
            raise forms.ValidationError(f"{error.reason}{error.remedy}") from None


class _TextField(_FromRecord, forms.CharField):
    """Free text and numbers of a shape; full-width digits are taken in numbers."""

    def __init__(self, place: Text, **more: Any) -> None:
        self.place = place
        # How long it may be the record's field says, in one sentence with everything else.
        if place.max_length > LONG:
            more["widget"] = forms.Textarea({"rows": 6 if place.max_length > 1000 else 3})
        elif isinstance(place, Number):
            more["widget"] = forms.TextInput({"size": place.max_length + 2, "autocomplete": "off"})
        super().__init__(label=place.label, **more)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return unicodedata.normalize("NFKC", text) if isinstance(self.place, Number) else text


class _TimeField(_TextField):
    """A time: 930, 9:30 and 9時30分 are all 0930."""

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value)).replace(" ", "")
        found = re.fullmatch(r"(\d{1,2})[:時.](\d{0,2})分?", text) or re.fullmatch(r"(\d{1,2})(\d\d)", text)
        return f"{int(found[1]):02}{int(found[2] or 0):02}" if found else text


class _DateField(WarekiField):
    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        return day and day.isoformat()


def _form_field(place: Field, *, required: bool = False) -> forms.Field:
    """The form's field for one of the record's. Raises TypeError for one the form has no input for."""
    if isinstance(place, Date):
        return _DateField(label=place.label, required=required, help_text=HELP.get(place.name, ""))
    if isinstance(place, Code):
        choices = [("", CHOOSE), *place.codes.items()]
        return forms.ChoiceField(
            label=place.label, required=required, choices=choices, help_text=HELP.get(place.name, "")
        )
    if isinstance(place, Text):
        kind = _TimeField if place.name in ("starts_at", "ends_at") else _TextField
        return kind(place, required=required, help_text=HELP.get(place.name, ""))
    raise TypeError(place.type_name)


def _table(name: str) -> tuple[Field, ...]:
    place = kinds.item(ITEM).by_name[name]
    assert isinstance(place, Rows)  # noqa: S101 - for the type checker
    return place.fields


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
            self.fields[name] = _form_field(places[name], required=name in ("made_on", "first_made_on", "author"))
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


class RowForm(forms.Form):
    """One row of a table; an empty one is none."""

    table = ""
    title = ""  # as messages name the row
    at: int | None = None  # its place; None: the pattern a script copies
    order: tuple[str, ...] = ()  # of the inputs, where it is another than in the record
    gone = forms.BooleanField(label="この行を消す", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_permitted", True)
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        for place in _table(self.table):
            if self.is_shown(place.name):
                self.fields[place.name] = _form_field(place)
        self.order_fields([*self.order, *(name for name in self.fields if name != "gone"), "gone"])

    def is_shown(self, name: str) -> bool:
        """Whether the field of the record has an input of its own."""
        return True

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the record this one is; none when it is empty or to be dropped."""
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
        self.fields["provider_number"].help_text = "10桁。保険外は空けます。"

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

    def is_shown(self, name: str) -> bool:
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
            found = together.setdefault(key, {name: row[name] for name in row if name != "weekday"} | {"weekdays": []})
            if "weekday" in row:
                found["weekdays"].append(row["weekday"])
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
    """A table of the sheet.

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


@dataclass(frozen=True)
class SheetError:
    """One thing to mend: where a link leads, and the sentence."""

    anchor: str
    text: str


class PlanSheet:
    """All forms of one plan together."""

    def __init__(self, main: MainForm, tables: Mapping[str, Sequence[RowForm]]) -> None:
        self.main, self.tables = main, tables
        self.missing_rows = ""

    @classmethod
    def begun(cls, content: Mapping[str, Any], *, is_new: bool, base: str = "") -> PlanSheet:
        """A sheet to be filled in, beginning with a content."""
        tables = {}
        for table in TABLES:
            initials = table.form.initials(content.get(table.name, []))
            initials += [{}] * max(table.least - len(initials), 0)
            tables[table.name] = [_row_form(table, at, initial=initial) for at, initial in enumerate(initials)]
        return cls(MainForm(initial={**content, "base": base}, is_new=is_new), tables)

    @classmethod
    def typed(cls, data: QueryDict, *, is_new: bool) -> PlanSheet:
        """What was typed, to be checked."""
        tables = {
            table.name: [_row_form(table, at, data=data) for at in range(_count(data, table))] for table in TABLES
        }
        return cls(MainForm(data, is_new=is_new), tables)

    @classmethod
    def echoed(cls, data: QueryDict, *, is_new: bool) -> PlanSheet:
        """What was typed, as it was typed, with an empty row where one was asked for; nothing is checked."""
        asked, _, place = data.get("add", "").partition("-")
        tables = {}
        for table in TABLES:
            count = _count(data, table)
            initials = [_as_typed(_row_form(table, at, data=data), data) for at in range(count)]
            if table.name == asked and count < table.most:
                initials.insert(int(place) + 1 if place.isdecimal() and int(place) < count else count, {})
            tables[table.name] = [_row_form(table, at, initial=initial) for at, initial in enumerate(initials)]
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

    def errors(self) -> list[SheetError]:
        """Everything to mend, each with the input it is about."""
        found = [SheetError("main", str(text)) for text in self.main.non_field_errors()]
        if self.missing_rows:
            found.append(SheetError("services", self.missing_rows))
        for form in self.forms():
            where = form.title if isinstance(form, RowForm) else ""
            for bound in form.visible_fields():
                assert isinstance(bound, KibanBoundField)  # noqa: S101 - for the type checker
                found += [SheetError(bound.first_id, f"{where}{bound.label}: {text}") for text in bound.errors]
        return found

    def sections(self) -> list[dict[str, Any]]:
        """The tables with their rows, for the page."""
        return [
            {
                "table": table,
                "rows": self.tables[table.name],
                "count": len(self.tables[table.name]),
                "full": len(self.tables[table.name]) >= table.most,
                "empty": _row_form(table, None),
            }
            for table in TABLES
        ]


def _row_form(table: Table, at: int | None, **more: Any) -> RowForm:
    """A row's form; ``None``: the pattern a script copies."""
    form = table.form(prefix=f"{table.name}-{'NEW' if at is None else at}", **more)
    form.title = f"{table.title} {'' if at is None else at + 1}行目 "
    form.at = at
    return form


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
        return [_settled(one, other) for one, other in zip(new, old, strict=True)]
    return new


def _plain(text: str) -> str:
    return "\n".join(text.splitlines()).strip()


def copied(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a new plan takes over from an earlier one: everything but its days, agreement and delivery."""
    left = {"made_on", *DAYS, "agreed_on", "agreed_by", "delivered_on", "delivered_to"}
    return {name: value for name, value in content.items() if name not in left}


class AgreeForm(forms.Form):
    """同意・確認用登録."""

    on = WarekiField(label="同意した日")
    who = forms.ChoiceField(label="同意した人", widget=forms.RadioSelect)
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who, place = self.fields["who"], kinds.item(ITEM).by_name["agreed_by"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(place, Code)  # noqa: S101 - for the type checker
        who.choices = list(place.codes.items())


class DeliverForm(forms.Form):
    """交付用登録."""

    on = WarekiField(label="交付した日", help_text="ご本人とサービス事業所に計画書を渡した日です。")
    who = forms.CharField(
        label="交付先",
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        help_text="渡した事業所の名前。",
    )
    base = forms.CharField(required=False, widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """A plan is taken back."""

    reason = forms.CharField(
        label="取り下げる理由", max_length=200, help_text="例: 作成日を間違えた、別の方の計画だった。"
    )
