"""How long an office may look, as it stands in the database."""

from __future__ import annotations

import datetime as dt

from tests.world import Organisation, Person, World


def period(world: World, person: Person, office: Organisation) -> tuple[dt.date, dt.date]:
    """First day, and the day after the last."""
    found: tuple[dt.date, dt.date] = world.one(
        "SELECT viewing_from, viewing_to FROM care.assignment WHERE insured_key = %s AND organisation_id = %s",
        person.key,
        office.id,
    )
    return found
