from __future__ import annotations

import pytest

from tests.plans.desk import Desk
from tests.world import World, days


@pytest.fixture
def desk(world: World) -> Desk:
    person = world.person(world.insurer(started_on=days(-10)))
    planning, helping = world.organisation("43"), world.organisation("11")
    world.in_charge(person, planning, "plan")
    world.in_charge(person, helping, "service")
    return Desk(world, person, world.actor(planning), world.actor(helping))
