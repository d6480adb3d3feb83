"""An address that only takes POST leads to the page above it when somebody opens it: every such route."""

from __future__ import annotations

import pytest

from kiban.web.access import Access
from kiban.web.post_only import parent
from tests import cast
from tests.cast import Cast, browser
from tests.routes import ROUTES, address, routes, takes_only_post
from tests.world import World

PLACES = dict(routes())
BUTTONS = [name for name, pattern in PLACES.items() if takes_only_post(pattern.callback)]
FOR_PROGRAMS = {name for name in BUTTONS if name.startswith(("exchange:machine-", "api:"))}


@pytest.fixture(scope="module")
def readers() -> Cast:
    return cast.build(World())


def test_there_are_such_routes():
    assert {"terminals:issue", "exchange:fetch", "assignment:emergency-switch", "evidence:rules-adopt"} <= set(BUTTONS)


@pytest.mark.parametrize("name", sorted(set(BUTTONS) - FOR_PROGRAMS))
@pytest.mark.parametrize("actor", ["administrator", "manager", "officer"])
def test_opening_a_buttons_address_leads_to_a_page(readers, name, actor):
    row = ROUTES[name]
    if row.access is Access.ADMINISTRATOR and actor == "manager":
        pytest.skip("refused by its mark")
    client = browser(readers.actors()[actor])
    response = client.get(address(name, PLACES[name], readers), follow=True)
    way = [place for place, _ in response.redirect_chain]
    assert way, name
    # Whose button it is not, or of a thing that is not there: the page above says the same.
    assert response.status_code in {200, row.statuses[actor]} - {302}, way


@pytest.mark.parametrize("name", sorted(FOR_PROGRAMS))
def test_a_program_is_told_that_its_method_is_wrong(readers, name):
    response = browser(readers.manager).get(address(name, PLACES[name], readers))
    assert response.status_code in {401, 405}  # without a key it is not even told that


def test_nobody_is_led_to_a_page_that_is_not_theirs():
    assert parent("/terminals/download/", is_administering=True) == "/terminals/"
    assert parent("/terminals/download/", is_administering=False) == "/"


def test_not_signed_in_is_not_led_anywhere_but_to_sign_in(readers):
    client = browser(None, certificate=readers.manager.der)
    response = client.get(address("terminals:issue", PLACES["terminals:issue"], readers))
    assert response["Location"].startswith("/sign-in/")
