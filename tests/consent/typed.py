"""The pages of 同意: their addresses and what is typed into them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kiban.consent import explanation
from tests.pages import page, wareki
from tests.world import Person, days


def consent_page(person: Person, rest: str = "") -> str:
    return page(person, f"consent/{rest}")


def said(on: int | dt.date = 0, **changes: Any) -> dict[str, Any]:
    """What is typed in when the person said so, by default today and with the own hand."""
    day = on if isinstance(on, dt.date) else days(on)
    values = {
        **wareki("on", day),
        "signer": "self",
        "channel": "meeting",
        "text_version": explanation.CURRENT if day >= explanation.TEXTS[explanation.CURRENT].since else "municipality",
        "explained": "on",
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}
