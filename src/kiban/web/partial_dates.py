"""A date field of which month and day, or all, may be unknown (不詳)."""

from __future__ import annotations

from typing import Any

from django import forms

from kiban.terms import partial_days, wareki
from kiban.web.forms import WESTERN, WarekiField, number_of, whole

UNKNOWN_LABEL = "生年月日に分からないところがある(不詳)"
UNKNOWN_HELP = "証にある分だけを入れます。年も分からない方は、年・月・日を空けておきます。"
TICK = f"分からない方は「{UNKNOWN_LABEL}」に印を付けます。"


class PartialWarekiField(WarekiField):
    """As ``WarekiField``; with month and day left empty its value is a ``PartialDay``.

    Whether something is really unknown, or only forgotten, is said by a box of the form's own (``settle``).
    """

    def clean(self, value: Any) -> Any:
        parts = [str(part or "").strip() for part in value] if isinstance(value, list | tuple) else []
        if len(parts) != 4 or not parts[0] or not parts[1] or parts[3] or whole(parts):
            return super().clean(value)
        try:
            return _partial(*parts[:3])
        except wareki.WarekiError as error:
            raise forms.ValidationError(str(error), code="invalid") from None


def settle(form: forms.Form, cleaned: dict[str, Any], name: str, *, is_unknown: bool) -> None:
    """Bring the date and the box that says 「不詳」 together, after each was read."""
    value = cleaned.get(name)
    if name in form.errors:
        return
    if value is None and is_unknown:
        cleaned[name] = partial_days.UNKNOWN
    elif isinstance(value, partial_days.PartialDay) and not is_unknown:
        missing = "日" if value.month else "月・日"
        form.add_error(name, f"{missing}を入れてください。{TICK}")


def _partial(name: str, year: str, month: str) -> partial_days.PartialDay:
    number = number_of(month, "月") if month else None
    if name == WESTERN:
        return partial_days.partial(number_of(year, "年"), number)
    era = next((era for era in wareki.ERAS if era.name == name), None)
    if era is None:
        raise wareki.WarekiError("元号を選んでください。")
    return partial_days.in_era(era, number_of(year, "年"), number)
