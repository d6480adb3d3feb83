"""A small office with its terminal, people in any state, and a browser that holds the terminal's certificate."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiban.staff.models import Employment
from tests import world as worlds
from tests.staff.office import Browser, Office, hire


@pytest.fixture
def make_office(world: worlds.World) -> Callable[[], Office]:
    def make() -> Office:
        organisation = world.organisation()
        der = world.terminal(organisation)[0]
        return Office(organisation.id, organisation.number, organisation.name, der, organisation)

    return make


@pytest.fixture
def office(make_office: Callable[[], Office]) -> Office:
    return make_office()


@pytest.fixture
def administrator(office: Office) -> Employment:
    return hire(office, "manager", level="administrator")


@pytest.fixture
def browser(office: Office, administrator: Employment) -> Browser:
    """The administrator's, signed in."""
    made = office.browser()
    made.sign_in(administrator.account)
    return made
