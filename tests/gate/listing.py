"""What the tests of the list share: a person of an office, and what the list answers."""

from __future__ import annotations

import json

from kiban.gate import door
from tests.world import days


def add(world, insurer, office, name, kana, *, consent=True, valid_to=None, level="21", assignment=True, **more):
    person = world.person(insurer, name, kana_key=kana, **more)
    if assignment:
        world.in_charge(person, office)
    if consent:
        world.consent(person)
    world.record(
        person, "insurance_card.card", {"care_level": level}, valid_from=days(-300), valid_to=valid_to or days(100)
    )
    return person


def listed(actor, **options):
    return json.loads(door.list_people(actor.caller, "care_planning", **options))


def names(answer):
    return [person["name"] for person in answer["people"]]
