"""The demo's 運営基準の記録: visits of last month, most of them with their record, and meetings; some are lacking."""

from __future__ import annotations

import datetime as dt

from kiban.assignment.demo import signed_in
from kiban.evidence.operating_standard import acts, standing
from kiban.evidence.operating_standard.months import month_before
from kiban.evidence.operating_standard.standing import Standing
from kiban.evidence.operating_standard.vocabulary import Kind, Tick, Way
from kiban.ops.room import DemoTown
from kiban.staff.models import Employment
from kiban.terms.purposes import Purpose
from kiban.web.request import Caller

WITHOUT_VISIT, WITHOUT_RECORD = 5, 7  # every so many of the persons


def fill(town: DemoTown) -> int:
    """Enter what the care manager of the demo's office did; returns how many entries there are.

    Raises:
        RuntimeError: the gate did not let her.
    """
    office = town.organisations["office"]
    employed = Employment.objects.in_force(town.today).filter(organisation=office, job_type="care_manager")
    session, caller = signed_in(employed.order_by("pk")[0], office)
    month = month_before(town.today.replace(day=1))
    try:
        people = standing.of_month(caller, Purpose.CARE_PLANNING, month, own_only=True) or []
        answers = [
            answer for number, person in enumerate(people) for answer in _month_of(caller, person, month, number)
        ]
    finally:
        session.delete()
    if set(answers) - {"ok"}:
        raise RuntimeError(f"{set(answers) - {'ok'}}")
    return len(answers)


def _month_of(caller: Caller, person: Standing, month: dt.date, number: int) -> list[str]:
    """One person's month: a visit, unless it is one of those without; a meeting and an assessment for the plan."""
    key, purpose = person.key, Purpose.CARE_PLANNING
    visited = month.replace(day=5 + number % 20)
    answers = []
    if number % WITHOUT_VISIT:
        written = visited if number % WITHOUT_RECORD else None
        met = [Tick.USER_MET]
        answers.append(
            acts.record(caller, key, purpose, Kind.MONITORING, on=visited, way=Way.VISIT, ticks=met, written_on=written)
        )
    for plan in person.plans[-1:]:
        met = [Tick.USER_MET, Tick.FAMILY_MET]
        answers.append(acts.record(caller, key, purpose, Kind.ASSESSMENT, on=plan.made_on, way=Way.VISIT, ticks=met))
        answers.append(acts.record(caller, key, purpose, Kind.MEETING, on=plan.made_on, way=Way.TOGETHER))
    return answers
