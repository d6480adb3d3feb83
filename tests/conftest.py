from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import cast, database, requirements
from tests.world import World

# How long an example takes says something about the machine, nothing about the rule.
settings.register_profile("kiban", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kiban")


@pytest.fixture(scope="session", autouse=True)
def _bare() -> Iterator[None]:
    """``KIBAN_TEST_BARE=1``: programs that are here by chance are not found."""
    if not requirements.is_bare():
        yield
        return
    yield from requirements.without_programs()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    requirements.asking[:] = [item]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        database.make_database()


@pytest.fixture(scope="session", autouse=True)
def _database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database is open to every test: see tests/database.py for why nothing is rolled back."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def world() -> Iterator[World]:
    """An empty world of the test's own; a test that names this fixture builds in it what it needs."""
    made = World()
    yield made
    made.connection.close()


@pytest.fixture
def town(world: World) -> cast.Cast:
    """The named cast in that world."""
    return cast.build(world)
