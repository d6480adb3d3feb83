"""What is typed on the pages about 担当, read into what it means."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone

from kiban.registry.numbers import NumberFormatError, require_form, tidied


def number(kind: str, text: str) -> str:
    """A number as typed in the form it is kept in (``registry.numbers``). Raises ValidationError for a slip."""
    try:
        return tidied(kind, text)
    except NumberFormatError as error:
        raise forms.ValidationError(str(error)) from None


def office_number(text: str) -> str:
    """A 事業所番号 or 医療機関コード as typed. Raises ValidationError when it has not the form of one."""
    plain = number("事業所番号", text)
    try:
        return require_form("事業所番号", plain)
    except NumberFormatError as error:
        raise forms.ValidationError(str(error)) from None


def not_past(day: dt.date) -> dt.date:
    """The day. Raises ValidationError for one that is over."""
    if day < timezone.localdate():
        raise forms.ValidationError("過ぎた日になっています。")
    return day
