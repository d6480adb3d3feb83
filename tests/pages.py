"""What a browser test of the pages asks for and types: the address of a person, the text of an answer, a date."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kiban.web import opaque
from tests.world import Person


def page(person: Person, rest: str = "") -> str:
    """The address of the person's page, or of what ``rest`` names below it."""
    return f"/people/{opaque.encode(person.key)}/{rest}"


def text(response: Any) -> str:
    return response.content.decode()


def wareki(name: str, day: dt.date) -> dict[str, Any]:
    """A date as it is typed into the field of that name."""
    return {f"{name}_era": "西暦", f"{name}_year": day.year, f"{name}_month": day.month, f"{name}_day": day.day}
