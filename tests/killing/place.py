"""What is killed: an installation with people, terminals, two offices that exchange, and an insurer's files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from kiban.ops import embedded
from tests import cast
from tests.exchange.client.office import Office
from tests.exchange.town import Town
from tests.installation import Installation
from tests.intake.conftest import Desk
from tests.serving import Card, free_port, real_certificate
from tests.world import Actor, Person, World, days

IN_CHARGE = 20  # persons whose records are opened
LOADED = 300  # persons the files speak of
CONSENTS_A_ROUND = 25


@dataclass
class Address:
    """Where the server is, in every round the same; for those who want a server to talk to."""

    port: int

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"


@dataclass
class Place:
    """The installation and everybody in it."""

    made: Installation
    address: Address
    town: cast.Cast
    exchange: Town
    cards: dict[str, Card]
    people: list[Person]
    to_consent: list[Person]
    offices: dict[str, Office]
    desk: Desk
    twin: Desk

    @property
    def actors(self) -> dict[str, Actor]:
        """Who opens what, by what they do."""
        return {"opener": self.town.manager, "lister": self.town.counselor, "acting": self.town.administrator}

    @contextmanager
    def world(self) -> Iterator[World]:
        """The owner's view of it, on a server that runs."""
        world = World(connect(self.made, "kiban_owner"))
        try:
            for one in (self.town, self.exchange, self.desk, self.twin, *self.offices.values()):
                one.world = world
            yield world
        finally:
            world.connection.close()


def connect(made: Installation, role: str, **more: Any) -> psycopg.Connection[Any]:
    state = embedded.state.read(made.data)
    assert state is not None
    place = {"host": state.socket, "port": embedded.PORT}
    return psycopg.connect(**place, user=role, dbname="kiban", autocommit=True, **more)


def build(made: Installation, folder: Path, rounds: int) -> Place:
    """Fill a database that was set up and runs; ``folder`` takes what lies on the PCs of terminals and offices."""
    world = World(connect(made, "kiban_owner"))
    town, exchange, address = cast.build(world), Town(world), Address(free_port())
    people = [town.person, town.without_consent, town.not_started]
    for _ in range(IN_CHARGE):
        person = world.person(town.insurer)
        world.in_charge(person, town.office)
        world.consent(person)
        world.record(person, "insurance_card.card", cast.CARD, valid_from=days(-200), valid_to=days(100))
        people.append(person)
    to_consent = []
    for _ in range(rounds * CONSENTS_A_ROUND):
        to_consent.append(world.person(town.insurer))
        world.in_charge(to_consent[-1], town.office)
    desks = [Desk(world, folder / name, world.insurer()) for name in ("files", "twin")]
    for desk in desks:
        desk.folder.mkdir()
        desk.people(LOADED)
    place = Place(made, address, town, exchange, {}, people, to_consent, {}, *desks)
    for name, actor in place.actors.items():
        place.cards[name] = real_certificate(world, actor, folder / name)
    for name, participant in (("sender", "planner"), ("receiver", "provider")):
        place.offices[name] = Office(world, exchange.actors[participant], folder / name, address)  # type: ignore[arg-type]
    world.connection.close()
    return place
