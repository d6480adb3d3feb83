"""How forms look and behave everywhere: label above, need and support text, errors below and in a summary, 和暦.

Templates write ``<form method="post" novalidate>{% csrf_token %}{{ form }}<div class="kb-actions">…</div></form>``:
the browser's own bubbles vanish after seconds, ours stay.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.forms.renderers import DjangoTemplates
from django.utils import timezone

from kiban.terms import wareki

WESTERN = "西暦"
TO_COME = "まだ来ていない日です。"
LARGEST_INPUT = 40  # characters


class KibanBoundField(forms.BoundField):
    """Adds what the field template asks: where a summary's link leads, and inputs as wide as what goes in."""

    @property
    def first_id(self) -> str:
        """The id of the first thing to type into."""
        widget, input_id = self.field.widget, self.auto_id
        if isinstance(widget, forms.MultiWidget | forms.RadioSelect | forms.CheckboxSelectMultiple):
            return f"{input_id}_0"
        return input_id

    @property
    def is_choice(self) -> bool:
        """One box to tick; its label stands beside it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        longest = getattr(self.field, "max_length", None)
        if longest and isinstance(widget, forms.TextInput) and "size" not in widget.attrs:
            attrs["size"] = min(max(longest, 4), LARGEST_INPUT)
        return attrs


class KibanRenderer(DjangoTemplates):
    """The form renderer of the platform (``FORM_RENDERER``)."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = KibanBoundField

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        return super().render(_OWN_TEMPLATES.get(template_name, template_name), context, request)


_OWN_TEMPLATES = {
    "django/forms/widgets/radio.html": "web/forms/choices.html",
    "django/forms/widgets/checkbox_select.html": "web/forms/choices.html",
}


def speak_plainly() -> None:
    """Let every form ask for what is missing in words staff use; called once at the start."""
    asked: dict[type[forms.Field], str] = {
        forms.Field: "入力してください。",
        forms.ChoiceField: "選んでください。",
        forms.ModelChoiceField: "選んでください。",
        forms.BooleanField: "確かめたら印を付けてください。",
        forms.FileField: "ファイルを選んでください。",
    }
    for field, words in asked.items():
        field.default_error_messages = {**field.default_error_messages, "required": words}


class NumberField(forms.CharField):
    """A number copied from a paper, or pasted with blanks in it: the browser cuts nothing away, the form counts.

    Args:
        digits: how many are expected; the box is as wide.
    """

    LONGEST = 60  # characters, with whatever stands between

    def __init__(self, *, digits: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(MaxLengthValidator(self.LONGEST))
        self.widget.attrs.setdefault("size", digits + 2)


class _EraSelect(forms.Select):
    """The eras, newest first; each option carries what the echo needs to count without asking the server."""

    _eras = {era.name: era for era in wareki.ERAS}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        names = [era.name for era in reversed(wareki.ERAS)]
        super().__init__(attrs, choices=[("", "元号"), *((name, name) for name in names), (WESTERN, WESTERN)])

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if era := self._eras.get(str(value)):
            option["attrs"]["data-offset"] = era.offset
        elif value == WESTERN:
            option["attrs"]["data-offset"] = 0
        return option


class WarekiWidget(forms.MultiWidget):
    """元号・年・月・日 as four inputs, and the same day in western years beside them."""

    template_name = "web/forms/wareki.html"
    use_fieldset = True
    is_past = False  # whether the day must have come

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        # No maxlength: a date pasted whole arrives whole, and is taken apart (kiban.js, or the server).
        def number(name: str) -> forms.TextInput:
            return forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": f"kb-wareki__{name}"})

        super().__init__(
            {"era": _EraSelect(), "year": number("year"), "month": number("month"), "day": number("day")}, attrs
        )

    def decompress(self, value: date | str | None) -> list[str]:
        if isinstance(value, str):
            try:
                value = wareki.parse(value).day
            except wareki.WarekiError:
                value = None
        if value is None:
            return ["", "", "", ""]
        era = wareki.era_of(value)
        if era is None or value.year - era.offset > wareki.LARGEST_YEAR:
            return [WESTERN, str(value.year), str(value.month), str(value.day)]
        return [era.name, str(value.year - era.offset), str(value.month), str(value.day)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts = value if isinstance(value, list | tuple) else self.decompress(value)
        try:
            reading = _read([str(part or "").strip() for part in parts])
        except wareki.WarekiError:
            reading = None
        is_to_come = self.is_past and reading is not None and reading.day > timezone.localdate()
        context["widget"]["is_past"] = self.is_past
        context["widget"]["echo"] = f"= {wareki.to_western(reading.day)}" if reading else ""
        context["widget"]["caution"] = TO_COME if is_to_come else reading.warning if reading else ""
        return context


class WarekiField(forms.MultiValueField):
    """A date typed as 元号・年・月・日; its value is a ``datetime.date``.

    Era and day that do not belong together (平成31年5月1日) are accepted; ``warning`` then holds the sentence to show.
    A date pasted whole into one of the boxes is read as ``wareki.parse`` reads it.

    Args:
        past: the day must have come (a birthday, a signature); a later one is refused here, before anything is asked.
    """

    widget = WarekiWidget

    def __init__(self, *, past: bool = False, **kwargs: Any) -> None:
        self.warning = ""
        self.is_past = past
        parts = [forms.CharField(required=False) for _ in range(4)]
        super().__init__(fields=parts, require_all_fields=False, **kwargs)
        self.widget.is_past = past

    def clean(self, value: Any) -> date | None:
        self.warning = ""
        parts = [str(part or "").strip() for part in value] if isinstance(value, list | tuple) else []
        if self.disabled and isinstance(value, date):
            return value
        if not any(parts[1:]) and not whole(parts):
            if self.required:
                raise forms.ValidationError("日付を入れてください。", code="required")
            return None
        try:
            reading = _read(parts)
        except wareki.WarekiError as error:
            raise forms.ValidationError(str(error), code="invalid") from None
        if reading is None:
            raise forms.ValidationError(_missing(parts), code="incomplete")
        if self.is_past and reading.day > timezone.localdate():
            raise forms.ValidationError(f"{TO_COME}日付を確かめてください。", code="to_come")
        self.warning = reading.warning
        self.run_validators(reading.day)
        return reading.day

    def compress(self, data_list: list[Any]) -> date | None:
        reading = _read(data_list)
        return reading.day if reading else None


def _read(parts: list[str]) -> wareki.Reading | None:
    """The day the four inputs mean, None while one is empty. Raises WarekiError."""
    if pasted := whole(parts):
        return wareki.parse(pasted)
    if len(parts) != 4 or not all(parts):
        return None
    name, *texts = parts
    era = next((era for era in wareki.ERAS if era.name == name), None)
    numbers = [number_of(text, unit) for text, unit in zip(texts, ("年", "月", "日"), strict=True)]
    if era is not None:
        return wareki.in_era(era, *numbers)
    if name == WESTERN:
        return wareki.Reading(wareki.western(*numbers))
    raise wareki.WarekiError("元号を選んでください。")


def whole(parts: list[str]) -> str:
    """A whole date that was pasted into one box, with the era from its own box where it names none; else empty."""
    if len(parts) != 4:
        return ""
    typed = [part for part in parts[1:] if part]
    if len(typed) != 1 or typed[0].isdecimal():
        return ""
    name, text = parts[0], typed[0]
    if not re.search(r"[年月日./‐–—−ー-]", unicodedata.normalize("NFKC", text)):
        return ""
    return text if not name or name == WESTERN or not text[0].isdecimal() else f"{name}{text}"


def number_of(text: str, unit: str) -> int:
    """A number typed into one of the boxes, its unit behind it or not. Raises WarekiError."""
    text = text.strip().removesuffix(unit)
    if unit == "年" and text == "元":
        return 1
    if not text.isdecimal() or len(text) > 4:
        raise wareki.WarekiError(f"{unit}は数字で入れてください。")
    return int(text)


def _missing(parts: list[str]) -> str:
    empty = [name for name, part in zip(("元号", "年", "月", "日"), parts, strict=True) if not part]
    return f"{'・'.join(empty)}を入れてください。"
