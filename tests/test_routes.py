"""Every address × every actor; the rows stand in tests/routes.py. No route without a row, no row without a route."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from kiban.web.access import Access, access_of
from tests import cast
from tests.cast import Cast, browser
from tests.routes import EVERYBODY, ROUTES, address, routes, takes_only_post
from tests.world import World


@pytest.fixture(scope="module")
def places() -> dict[str, URLPattern]:
    return dict(routes())


def test_every_route_has_a_row_and_every_row_a_route(places):
    assert set(places) == set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_the_mark_is_the_one_written_there(places, name):
    assert access_of(places[name].callback) is ROUTES[name].access


def test_what_is_public_is_little(places):
    public = {name for name, pattern in places.items() if access_of(pattern.callback) is Access.PUBLIC}
    assert public == {"web:health", "web:size", "staff:help", "terminals:check", "terminals:crl", "api:witness"}


@pytest.fixture(scope="module")
def readers() -> Cast:
    """A cast that only ever reads pages, shared by all routes: reading changes nothing for the next reader."""
    return cast.build(World())


def at_the_terminal(town: Cast, actor: str) -> Client:
    if actor == "none":
        return browser(None)
    return browser(None, certificate=town.manager.der) if actor == "terminal" else browser(town.actors()[actor])


@pytest.mark.parametrize("actor", sorted(EVERYBODY))
@pytest.mark.parametrize("name", ROUTES)
def test_route_and_actor(places, readers: Cast, name, actor):
    # A leaver's session ends with the first request.
    town = cast.build(World()) if actor == "leaver" else readers
    if takes_only_post(places[name].callback):  # an act: on a cast of its own
        town = cast.build(World())
        response = at_the_terminal(town, actor).post(address(name, places[name], town), {"purpose": "inquiry"})
    else:
        response = at_the_terminal(town, actor).get(address(name, places[name], town))
    assert response.status_code == ROUTES[name].statuses[actor], response.content.decode()[:400]
    if actor in ROUTES[name].to_sign_in:
        assert response["Location"].startswith(reverse("staff:sign-in"))
