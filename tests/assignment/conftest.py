from __future__ import annotations

import pytest

from tests.world import Organisation, Person, World, days


@pytest.fixture
def office(world: World) -> Organisation:
    """A care-management office."""
    return world.organisation("43")


@pytest.fixture
def person(world: World) -> Person:
    """Somebody nobody is in charge of yet, insured where the platform is in use."""
    return world.person(world.insurer(started_on=days(-10)))
