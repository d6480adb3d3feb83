"""The fields of the record ``careplan.plan`` as inputs of a form."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms

from kiban.plans.documents import ITEM
from kiban.records import kinds
from kiban.records.fields import Code, Date, Field, Number, Rows, Text
from kiban.records.parsing import FieldError
from kiban.web.forms import WarekiField

LONG = 250  # characters a text may have before it gets a box of several lines
CHOOSE = "選んでください"
HELP = {
    "made_on": "この計画を作った(変えた)日です。登録したあとは変えられません。",
    "first_made_on": "この事業所がはじめて計画を作った日です。",
    "user_address1": "第1表の住所の欄に印刷されます。",
    "office_address1": "第1表の事業所の所在地の欄に印刷されます。",
    "housework_reason": "生活援助中心型の訪問介護を位置づけるときだけ選びます。",
    "housework_reason_other": "「その他」を選んだときに書きます。",
    "other_services": "福祉用具貸与、住宅改修、短期入所、居宅療養管理指導など。",
}


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


def as_time(typed: str) -> str:
    """A time as the record has it: 930, 9:30 and 9時30分 are all 0930. What is none comes back as it is."""
    text = unicodedata.normalize("NFKC", typed).replace(" ", "")
    parts = re.fullmatch(r"(\d{1,2})[:時.](\d{0,2})分?", text) or re.fullmatch(r"(\d{1,2})(\d\d)", text)
    return f"{int(parts[1]):02}{int(parts[2] or 0):02}" if parts else text


class _TimeField(_TextField):
    """A time, typed in any of the usual ways."""

    def to_python(self, value: Any) -> Any:
        return as_time(str(super().to_python(value)))


class _DateField(WarekiField):
    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        return day and day.isoformat()


def form_field(place: Field, *, required: bool = False) -> forms.Field:
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


def fields_of_table(name: str) -> tuple[Field, ...]:
    """The fields of a row of one of the record's tables."""
    place = kinds.item(ITEM).by_name[name]
    assert isinstance(place, Rows)  # noqa: S101 - for the type checker
    return place.fields
