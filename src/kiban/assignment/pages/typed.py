"""What is typed on the pages about 担当, read into what it means."""

from __future__ import annotations

import datetime as dt
import unicodedata

from django import forms
from django.utils import timezone


def digits(text: str) -> str:
    """A number as typed, full-width digits and blanks included, in plain characters."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def not_past(day: dt.date) -> dt.date:
    """The day. Raises ValidationError for one that is over."""
    if day < timezone.localdate():
        raise forms.ValidationError("過ぎた日になっています。")
    return day
