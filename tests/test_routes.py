"""Every address × every actor. A route without a row here fails, and so does a row without a route.

The rows say what an actor meets at a plain GET (POST where GET is not allowed): 200, 302 to sign-in, 403, 404 …
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kiban.consent import explanation
from kiban.web.access import Access, access_of
from tests import cast
from tests.cast import Cast, browser
from tests.world import World

# actors: none = no certificate; terminal = certificate, not signed in; the rest from the cast
ACTORS = (
    "none",
    "terminal",
    "manager",
    "administrator",
    "elsewhere",
    "counselor",
    "officer",
    "physician",
    "revoked",
    "leaver",
)


def row(*statuses: int) -> dict[str, int]:
    return dict(zip(ACTORS, statuses, strict=True))


OUT = 302  # to the sign-in page
PUBLIC = row(200, 200, 200, 200, 200, 200, 200, 200, 200, 200)
SIGN_IN = row(403, 200, 302, 302, 302, 302, 302, 302, 403, 302)  # who is signed in goes on to today
EVERYBODY = row(403, OUT, 200, 200, 200, 200, 200, 200, 403, OUT)
ADMINISTRATORS = row(403, OUT, 403, 200, 403, 403, 200, 403, 403, OUT)
# A page about the person everybody of the cast but "elsewhere" stands in an assignment to.
IN_CHARGE = row(403, OUT, 200, 200, 404, 200, 200, 200, 403, OUT)
# What only offices do; to municipalities and institutions it does not exist.
OFFICES = row(403, OUT, 200, 200, 200, 200, 404, 404, 403, OUT)
# A fact or a paper that is not there.
NOBODYS = row(403, OUT, 404, 404, 404, 404, 404, 404, 403, OUT)

# About the plan, which one office makes.
PLAN_MAKERS = row(403, OUT, 200, 200, 404, 404, 404, 404, 403, OUT)

# About something of the manager's office: its administrator only; to other administrators it does not exist.
OWN_ROWS = row(403, OUT, 403, 200, 403, 403, 404, 403, 403, OUT)
# About something of an office that has none of it: to every administrator it does not exist.
NOTHING_THERE = row(403, OUT, 403, 404, 403, 403, 404, 403, 403, OUT)
# Before signing in: whoever sits at a registered terminal.
AT_A_TERMINAL = row(403, 200, 200, 200, 200, 200, 200, 200, 403, 200)

# The boxes of the exchange: offices only. With nothing chosen, back to the list; a unit of the number is not there.
BOXES = row(403, OUT, 200, 200, 200, 200, 403, 403, 403, OUT)
BOXES_ACT = row(403, OUT, 302, 302, 302, 302, 403, 403, 403, OUT)
BOXES_NOTHING = row(403, OUT, 404, 404, 404, 404, 403, 403, 403, OUT)
# For machines: whoever has no key of the exchange is nobody, signed in or not.
BY_KEY = row(403, 401, 401, 401, 401, 401, 401, 401, 403, 401)

# name: (access, row, arguments from the cast)
ROUTES: dict[str, tuple[Access, dict[str, int]]] = {
    "web:health": (Access.PUBLIC, PUBLIC),
    "home:today": (Access.SIGNED_IN, EVERYBODY),
    "viewing:people": (Access.SIGNED_IN, EVERYBODY),
    "assignment:register": (Access.SIGNED_IN, row(403, OUT, 200, 200, 200, 200, 404, 404, 403, OUT)),
    # Cards are not set up in these tests, which comes before anything else; a proof is nonsense before it is that.
    "assignment:card-challenge": (Access.SIGNED_IN, row(403, OUT, 409, 409, 409, 409, 409, 409, 403, OUT)),
    "assignment:card-proof": (Access.SIGNED_IN, row(403, OUT, 400, 400, 400, 400, 400, 400, 403, OUT)),
    "viewing:purpose": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "viewing:person": (Access.GATED, IN_CHARGE),
    "viewing:person-kind": (Access.GATED, IN_CHARGE),
    "log:person": (Access.ADMINISTRATOR, row(403, OUT, 403, 200, 403, 403, 200, 403, 403, OUT)),
    "consent:consent": (Access.SIGNED_IN, IN_CHARGE),
    # The person has given consent: nothing to give again, so back to what stands.
    "consent:give": (Access.SIGNED_IN, row(403, OUT, 302, 302, 404, 302, 302, 302, 403, OUT)),
    "consent:refuse": (Access.SIGNED_IN, IN_CHARGE),
    "consent:withdraw": (Access.SIGNED_IN, IN_CHARGE),
    "consent:other": (Access.SIGNED_IN, IN_CHARGE),
    "consent:other-withdraw": (Access.SIGNED_IN, NOBODYS),
    "consent:attach": (Access.SIGNED_IN, NOBODYS),
    "consent:scan": (Access.SIGNED_IN, NOBODYS),
    "consent:paper": (Access.SIGNED_IN, IN_CHARGE),
    "consent:withdrawal-paper": (Access.SIGNED_IN, IN_CHARGE),
    "consent:paper-empty": (Access.SIGNED_IN, EVERYBODY),
    "consent:withdrawal-paper-empty": (Access.SIGNED_IN, EVERYBODY),
    "consent:text": (Access.SIGNED_IN, EVERYBODY),
    "consent:text-version": (Access.SIGNED_IN, EVERYBODY),
    "assignment:lapsing": (Access.SIGNED_IN, row(403, OUT, 200, 200, 200, 200, 404, 404, 403, OUT)),
    "assignment:handovers": (Access.SIGNED_IN, row(403, OUT, 200, 200, 200, 200, 404, 404, 403, OUT)),
    "assignment:assignment": (Access.SIGNED_IN, IN_CHARGE),
    "assignment:end": (Access.SIGNED_IN, row(403, OUT, 400, 400, 404, 400, 400, 400, 403, OUT)),
    "assignment:hand-over": (Access.SIGNED_IN, row(403, OUT, 200, 200, 404, 200, 404, 404, 403, OUT)),
    "assignment:withdraw-offer": (Access.SIGNED_IN, NOBODYS),
    "assignment:grant": (Access.SIGNED_IN, row(403, OUT, 404, 404, 404, 404, 200, 404, 403, OUT)),
    "assignment:revoke": (Access.SIGNED_IN, row(403, OUT, 404, 404, 404, 404, 400, 404, 403, OUT)),
    "assignment:emergency": (Access.SIGNED_IN, row(403, OUT, 200, 200, 200, 200, 404, 200, 403, OUT)),
    "assignment:emergencies": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "assignment:emergency-switch": (Access.ADMINISTRATOR, row(403, OUT, 403, 302, 403, 403, 404, 403, 403, OUT)),
    "assignment:emergency-review": (Access.ADMINISTRATOR, NOTHING_THERE),
    "evidence:rules": (Access.ADMINISTRATOR, ADMINISTRATORS),
    # Nothing was read: asked to read it first.
    "evidence:rules-adopt": (Access.ADMINISTRATOR, row(403, OUT, 403, 302, 403, 403, 302, 403, 403, OUT)),
    "evidence:rules-version": (Access.ADMINISTRATOR, NOTHING_THERE),
    "staff:sign-in": (Access.TERMINAL, SIGN_IN),
    "staff:code": (Access.TERMINAL, row(403, 302, 302, 302, 302, 302, 302, 302, 403, 302)),
    "staff:sign-in-passkey": (Access.TERMINAL, row(403, 302, 302, 302, 302, 302, 302, 302, 403, 302)),
    "staff:sign-in-mail": (Access.TERMINAL, row(403, 302, 302, 302, 302, 302, 302, 302, 403, 302)),
    "staff:sign-in-send-mail": (Access.TERMINAL, row(403, 302, 302, 302, 302, 302, 302, 302, 403, 302)),
    "staff:sign-in-recovery": (Access.TERMINAL, row(403, 302, 302, 302, 302, 302, 302, 302, 403, 302)),
    "staff:employment": (Access.TERMINAL, row(403, 302, 302, 302, 302, 302, 302, 302, 403, 302)),
    "staff:help": (Access.PUBLIC, PUBLIC),
    "staff:sign-out": (Access.TERMINAL, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:lock": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:locked": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:in-use": (Access.SIGNED_IN, row(403, OUT, 204, 204, 204, 204, 204, 204, 403, OUT)),
    "staff:own": (Access.SIGNED_IN, EVERYBODY),
    "staff:own-confirm": (Access.SIGNED_IN, EVERYBODY),
    "staff:own-digest": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-mail": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-mail-code": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-use-mail": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-app": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-forget-app": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-passkey": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-revoke-passkey": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-recovery-codes": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:own-end-others": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:password": (Access.SIGNED_IN, EVERYBODY),
    "staff:invitation-key": (Access.TERMINAL, AT_A_TERMINAL),
    "staff:invitation": (Access.TERMINAL, row(403, 404, 404, 404, 404, 404, 404, 404, 403, 404)),
    "staff:invitations": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:invite": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:issue-again": (Access.ADMINISTRATOR, NOTHING_THERE),
    "staff:withdraw-invitation": (Access.ADMINISTRATOR, NOTHING_THERE),
    "staff:corporation": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:take-over": (Access.ADMINISTRATOR, row(403, OUT, 403, 404, 403, 403, 200, 403, 403, OUT)),
    "staff:delegations": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:delegate": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:revoke-delegation": (Access.ADMINISTRATOR, NOTHING_THERE),
    "staff:acting": (Access.SIGNED_IN, EVERYBODY),
    "staff:begin-acting": (Access.SIGNED_IN, row(403, OUT, 404, 404, 404, 404, 404, 404, 403, OUT)),
    "staff:stop-acting": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    "staff:findings": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:finding": (Access.ADMINISTRATOR, NOTHING_THERE),
    "staff:staff-lists": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:staff-list-sample": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:staff-list": (Access.ADMINISTRATOR, NOTHING_THERE),
    "staff:settle-finding": (Access.ADMINISTRATOR, NOTHING_THERE),
    "staff:rights-review": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:past-rights-review": (Access.ADMINISTRATOR, NOTHING_THERE),
    "staff:changes": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:people": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:add": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "staff:person": (Access.ADMINISTRATOR, OWN_ROWS),
    "staff:last-day": (Access.ADMINISTRATOR, OWN_ROWS),
    "staff:end-now": (Access.ADMINISTRATOR, row(403, OUT, 403, 302, 403, 403, 404, 403, 403, OUT)),
    "staff:job": (Access.ADMINISTRATOR, OWN_ROWS),
    "staff:reset-code": (Access.ADMINISTRATOR, row(403, OUT, 403, 302, 403, 403, 404, 403, 403, OUT)),
    "staff:reset-password": (Access.ADMINISTRATOR, OWN_ROWS),
    "exchange:check": (Access.SIGNED_IN, EVERYBODY),
    "exchange:match": (Access.SIGNED_IN, EVERYBODY),
    "exchange:this-match": (Access.SIGNED_IN, BOXES),
    "exchange:month-match": (Access.SIGNED_IN, BOXES),
    "exchange:queries": (Access.SIGNED_IN, BOXES),
    # Nothing went between the two offices about this person.
    "exchange:ask": (Access.SIGNED_IN, BOXES_NOTHING),
    # The office that makes the person's plan; the plan of the number is not there.
    "plans:plans": (Access.SIGNED_IN, PLAN_MAKERS),
    "plans:new": (Access.SIGNED_IN, PLAN_MAKERS),
    "plans:correct": (Access.SIGNED_IN, NOBODYS),
    "plans:agree": (Access.SIGNED_IN, NOBODYS),
    "plans:deliver": (Access.SIGNED_IN, NOBODYS),
    "plans:withdraw": (Access.SIGNED_IN, NOBODYS),
    "plans:files": (Access.SIGNED_IN, NOBODYS),
    "plans:print": (Access.SIGNED_IN, NOBODYS),
    "exchange:print": (Access.SIGNED_IN, EVERYBODY),
    "exchange:unit-print": (Access.SIGNED_IN, BOXES_NOTHING),
    "exchange:inbox": (Access.SIGNED_IN, BOXES),
    "exchange:outbox": (Access.SIGNED_IN, BOXES),
    "exchange:fetch": (Access.SIGNED_IN, BOXES_ACT),
    "exchange:taken": (Access.SIGNED_IN, BOXES_ACT),
    "exchange:send": (Access.SIGNED_IN, BOXES),
    "exchange:drafts": (Access.SIGNED_IN, BOXES),
    "exchange:vouch": (Access.SIGNED_IN, BOXES_ACT),
    "exchange:throw-away": (Access.SIGNED_IN, BOXES_ACT),
    # A unit that is not there.
    "exchange:unit": (Access.SIGNED_IN, BOXES_NOTHING),
    "exchange:unit-zip": (Access.SIGNED_IN, BOXES_NOTHING),
    "exchange:unit-file": (Access.SIGNED_IN, BOXES_NOTHING),
    "exchange:unit-taken": (Access.SIGNED_IN, BOXES_NOTHING),
    "exchange:unit-error": (Access.SIGNED_IN, BOXES_NOTHING),
    "exchange:withdraw": (Access.SIGNED_IN, BOXES_NOTHING),
    "exchange:month": (Access.SIGNED_IN, BOXES),
    "exchange:month-of": (Access.SIGNED_IN, BOXES),
    "exchange:keys": (Access.ADMINISTRATOR, row(403, OUT, 403, 200, 403, 403, 403, 403, 403, OUT)),
    "exchange:key-revoke": (Access.ADMINISTRATOR, row(403, OUT, 403, 404, 403, 403, 403, 403, 403, OUT)),
    "exchange:machine-send": (Access.TERMINAL, BY_KEY),
    "exchange:machine-inbox": (Access.TERMINAL, BY_KEY),
    "exchange:machine-outbox": (Access.TERMINAL, BY_KEY),
    "exchange:machine-files": (Access.TERMINAL, BY_KEY),
    "exchange:machine-receipt": (Access.TERMINAL, BY_KEY),
    "registry:offices": (Access.SIGNED_IN, EVERYBODY),
    "registry:medical": (Access.SIGNED_IN, EVERYBODY),
    "terminals:board": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "terminals:add": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "terminals:download": (Access.SIGNED_IN, row(403, OUT, 302, 302, 302, 302, 302, 302, 403, OUT)),
    # At one's own terminal: administrators, and whoever is entered as its custodian.
    "terminals:renew": (Access.SIGNED_IN, row(403, OUT, 403, 200, 403, 403, 200, 403, 403, OUT)),
    "terminals:scenes": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "terminals:add-scene": (Access.ADMINISTRATOR, ADMINISTRATORS),
    "terminals:scene": (Access.ADMINISTRATOR, NOTHING_THERE),
    "terminals:end-scene": (Access.ADMINISTRATOR, NOTHING_THERE),
    "terminals:terminal": (Access.ADMINISTRATOR, OWN_ROWS),
    "terminals:request": (Access.ADMINISTRATOR, OWN_ROWS),
    "terminals:lost": (Access.ADMINISTRATOR, OWN_ROWS),
    "terminals:retire": (Access.ADMINISTRATOR, row(403, OUT, 403, 302, 403, 403, 404, 403, 403, OUT)),
    "terminals:set-up": (Access.ADMINISTRATOR, row(403, OUT, 403, 302, 403, 403, 404, 403, 403, OUT)),
    "terminals:set-up-step": (Access.ADMINISTRATOR, OWN_ROWS),
    "terminals:sheet": (Access.ADMINISTRATOR, OWN_ROWS),
    "terminals:check": (Access.PUBLIC, PUBLIC),
    "terminals:crl": (Access.PUBLIC, PUBLIC),
    "terminals:change": (Access.ADMINISTRATOR, OWN_ROWS),
    "terminals:issue": (Access.ADMINISTRATOR, OWN_ROWS),
    "terminals:revoke": (Access.ADMINISTRATOR, OWN_ROWS),
    "api:people": (Access.GATED, row(403, 401, 200, 200, 200, 200, 200, 200, 403, 403)),
    "api:records": (Access.GATED, row(403, 401, 200, 200, 404, 200, 200, 200, 403, 403)),
}


def routes() -> Iterator[tuple[str, URLPattern]]:
    def walk(patterns: list[Any], namespace: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner)
            else:
                yield f"{namespace}{pattern.name}", pattern

    return walk(get_resolver().url_patterns, "")


@pytest.fixture(scope="module")
def places() -> dict[str, URLPattern]:
    return dict(routes())


def test_every_route_has_a_row_and_every_row_a_route(places):
    assert set(places) == set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_the_mark_is_the_one_written_here(places, name):
    assert access_of(places[name].callback) is ROUTES[name][0]


def test_what_is_public_is_little(places):
    public = {name for name, pattern in places.items() if access_of(pattern.callback) is Access.PUBLIC}
    assert public == {"web:health", "staff:help", "terminals:check", "terminals:crl"}


def address(name: str, pattern: URLPattern, town: Cast) -> str:
    """The address of a route for this town: the person in charge of, the manager's employment …"""
    values: dict[str, Any] = {
        "key": town.person.key,
        "kind": "insurance_card",
        "subject": "consent",
        "number": 0,
        "step": "settings",
        "month": "202610",
        "office": town.other_office.number,
        "place": 1,
        "version": explanation.CURRENT,
        "pk": {
            "staff": town.manager.employment_id,
            "viewing": 0,
            "exchange": 0,
            "terminals": {
                "terminals:revoke": town.manager.certificate_id,
                "terminals:scene": 0,
                "terminals:end-scene": 0,
            }.get(name, town.manager.terminal_id),
        }.get(name.split(":", maxsplit=1)[0]),
    }
    arguments = {part: values[part] for part in pattern.pattern.converters}
    query = "?purpose=care_planning" if name.startswith("api:") else ""
    return reverse(name, kwargs=arguments) + query


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("name", ROUTES)
def test_route_and_actor(places, name, actor):
    world = World()
    town = cast.build(world)
    try:
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
        assert response.status_code == ROUTES[name][1][actor], response.content.decode()[:400]
        if actor not in ("none", "terminal") and response.status_code == OUT and ROUTES[name][1] is EVERYBODY:
            assert response["Location"].startswith(reverse("staff:sign-in"))
    finally:
        world.connection.close()
