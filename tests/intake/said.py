"""Rows about a first person as municipal files say them, with days counted from today."""

from __future__ import annotations

from typing import Any

from tests.intake.conftest import Desk
from tests.world import days


def day(number: int) -> str:
    return days(number).isoformat()


def give(on: int, **more: str) -> dict[str, str]:
    return {
        "insured_no": "0000000001",
        "act": "give",
        "day": day(on),
        "text_version": "1",
        "signer": "self",
        **more,
    }


def withdraw(on: int) -> dict[str, str]:
    return {"insured_no": "0000000001", "act": "withdraw", "day": day(on)}


def in_force(desk: Desk) -> Any:
    return desk.world.one(
        "SELECT count(*) FROM care.consent WHERE insured_key = %s AND withdrawn_at IS NULL", desk.key(1)
    )
