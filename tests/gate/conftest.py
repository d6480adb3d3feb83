from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from kiban.ops import database
from kiban.ops.database import Role
from tests.world import Actor, Organisation, Person, World, days


@pytest.fixture
def web() -> Iterator[psycopg.Connection[Any]]:
    """The web role with any SQL; who waits for a lock in vain is told, instead of waiting for ever."""
    with database.connect(Role.WEB, options="-c statement_timeout=20s") as connection:
        yield connection


@pytest.fixture
def insurer(world: World) -> str:
    """Where the platform is in use."""
    return world.insurer(started_on=days(-10))


@pytest.fixture
def office(world: World) -> Organisation:
    """A care-management office."""
    return world.organisation("43")


@pytest.fixture
def manager(world: World, office: Organisation) -> Actor:
    return world.actor(office)


@pytest.fixture
def person(world: World, insurer: str, office: Organisation) -> Person:
    """Somebody whose records the office may open, and who has one."""
    made = world.person(insurer)
    world.in_charge(made, office)
    world.consent(made)
    world.record(made, "insurance_card.card", {"care_level": "23"})
    return made
