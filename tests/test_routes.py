"""Every address × every actor; the rows stand in tests/routes.py. No route without a row, no row without a route."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, reverse

from kiban.web.access import Access, access_of
from tests.cast import Cast, browser
from tests.routes import EVERYBODY, ROUTES, address, routes


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
    assert public == {"web:health", "staff:help", "terminals:check", "terminals:crl"}


@pytest.mark.parametrize("actor", sorted(EVERYBODY))
@pytest.mark.parametrize("name", ROUTES)
def test_route_and_actor(places, town: Cast, name, actor):
    if actor == "none":
        client = browser(None)
    elif actor == "terminal":
        client = browser(None, certificate=town.manager.der)
    else:
        client = browser(town.actors()[actor])
    where = address(name, places[name], town)
    response = client.get(where)
    if response.status_code == 405:
        response = client.post(where, {"purpose": "inquiry"})
    assert response.status_code == ROUTES[name].statuses[actor], response.content.decode()[:400]
    if actor in ROUTES[name].to_sign_in:
        assert response["Location"].startswith(reverse("staff:sign-in"))
