"""The demo's emergencies: the insurer of the demo's city allows them, the others have not decided."""

from __future__ import annotations

import datetime as dt

from kiban.assignment import emergencies
from kiban.assignment.models import EmergencyRule
from kiban.ops.room import DemoTown
from kiban.registry.models import Insurer


def fill(town: DemoTown) -> Insurer:
    """Record the decision; returns whose it is."""
    insurer = Insurer.objects.get(number=town.organisations["city"].number)
    emergencies.decide(
        EmergencyRule(
            insurer=insurer,
            hours=4,
            review_days=7,
            document_name=f"{insurer.name}緊急時閲覧要領(デモ用の架空の文書)",
            document_number="試第2号",
            decided_on=town.today - dt.timedelta(days=30),
            starts_on=town.today - dt.timedelta(days=20),
            recorded_by="デモ",
        )
    )
    return insurer
