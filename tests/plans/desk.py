"""A person, the office that makes their plan, and one that gives a service."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from tests.world import Actor, Person, World, days

MADE = days(-3)


@dataclass
class Desk:
    """A person, the office that makes their plan, and one that gives a service."""

    world: World
    person: Person
    manager: Actor
    helper: Actor

    def versions(self) -> list[dict[str, Any]]:
        cursor = self.world.connection.execute(
            """SELECT history_no, version, valid_from, valid_to, source, superseded_at IS NULL AS in_force, reason,
                      digest, content, recorded_by, entry
                 FROM care.record WHERE insured_key = %s AND item = 'careplan.plan'
                ORDER BY entry, history_no, version""",
            [self.person.key],
        )
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def store(self, content: dict[str, Any], *, number: str = "", day: dt.date = MADE, reason: str = "再送") -> str:
        """As the function does that sends files."""
        organisation = self.manager.organisation
        return self.world.one(
            "SELECT gate.store_plan(%s, %s, %s, %s, %s::jsonb, %s, %s, clock_timestamp())",
            self.person.key,
            organisation.id,
            number or organisation.number,
            self.manager.account_id,
            json.dumps(content),
            day,
            reason,
        )

    def remove(self, *, number: str = "", reason: str = "削除のファイル") -> str:
        organisation = self.manager.organisation
        return self.world.one(
            "SELECT gate.remove_plan(%s, %s, %s, %s, %s, %s, clock_timestamp())",
            self.person.key,
            organisation.id,
            number or organisation.number,
            self.manager.account_id,
            MADE,
            reason,
        )
