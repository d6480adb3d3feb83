"""The content of a plan as pages show it."""

from __future__ import annotations

from typing import Any

from kiban.plans.documents import ITEM
from kiban.plans.week import Entry
from kiban.records import kinds
from kiban.records.items import DisplayGroup


def plan_groups(content: dict[str, Any]) -> list[DisplayGroup]:
    """A plan in groups of lines and tables. The numbers of lines are for files and are left out."""
    groups = kinds.display(ITEM, content)
    for group in groups:
        for table in group.tables:
            if table.columns and table.columns[-1] == "番号":
                table.columns.pop()
                for row in table.rows:
                    row.pop()
    return groups


def week_entries(content: dict[str, Any]) -> list[Entry]:
    """The services of 第3表."""
    return [
        Entry(int(row["weekday"]), row.get("starts_at", ""), row.get("ends_at", ""), row.get("content", ""))
        for row in content.get("week", [])
        if row.get("weekday")
    ]
