"""Before which day nothing about a consent can lie, and the sentence for an earlier one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class EarliestDay:
    """The first day that can be true, and what to say of an earlier one."""

    day: dt.date
    sentence: str


# The day the council was told that municipalities take the comprehensive consent (社会保障審議会介護保険部会 第119回).
COMPREHENSIVE = EarliestDay(
    dt.date(2025, 4, 21), "包括的同意の仕組みが国から示された日(令和7年4月21日)より前の日になっています。"
)
INSURANCE = EarliestDay(dt.date(2000, 4, 1), "介護保険が始まった日(平成12年4月1日)より前の日になっています。")
