"""Before anything is done honestly, somebody with SQL tries to have it decided and told in a transaction of theirs.

Every event of the gate, in the order of an office's life and of a month of the exchange, with the very parameters the
product calls it with: staged and asked about, decided and answered, in one transaction that is then taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.gate import calling
from kiban.gate.events import Event
from kiban.ops import database
from kiban.ops.database import Role
from tests.exchange.road import road as exchange_road
from tests.exchange.town import Town as ExchangeTown
from tests.exchange.town import unit_of
from tests.gate.road import ROAD, build
from tests.world import World

pytestmark = pytest.mark.database

ASKS = {
    "CALL gate.open_records": "gate.ask_open(%s, %s, %s, %s, %s, NULL)",
    "CALL gate.list_people": "gate.ask(%s, %s, %s, 'people:list', 0, %s::jsonb, '{}', NULL)",
    "CALL gate.act": "gate.ask(%s, %s, %s, %s, %s::bigint, %s::jsonb, %s::bytea[], NULL)",
    "CALL gate.exchange_act": "gate.exchange_question(%s, %s, %s, %s, %s::bigint, %s::jsonb, %s::bytea[], NULL)",
}
DECIDE = "SELECT gate.decide(%s::gate.ticket, %s::jsonb, %s::bytea[])::text"
DECIDE_OPEN = "SELECT gate.decide_open(%s::gate.ticket)::text"
ANSWERS = ("gate.answer_open", "gate.answer", "gate.answer_list", "gate.answer_exchange")
REFUSED = (psycopg.errors.InvalidTransactionState,)


class Attacker:
    """Tries what the product is about to call; keeps the events it tried."""

    def __init__(self, world: World, web: psycopg.Connection[Any]) -> None:
        self.world, self.web, self.tried = world, web, set[str]()
        self.execute = calling._execute

    def __call__(self, statement: str, parameters: list[Any]) -> Any:
        (ask,) = [asked for called, asked in ASKS.items() if statement.startswith(called + "(")] or [None]
        if ask is not None:
            self.attack(ask, self.given(statement, parameters))
        return self.execute(statement, parameters)

    def given(self, statement: str, parameters: list[Any]) -> list[Any]:
        """What is asked with, without the number of the attempt."""
        return parameters[: statement.count("%s") - 1]

    def attack(self, ask: str, given: list[Any]) -> None:
        is_open, is_list = ask.startswith("gate.ask_open"), "people:list" in ask
        if is_list and '"export": true' in given[-1]:
            ask = ask.replace("people:list", "people:export")
        self.tried.add("record:open" if is_open else ask.split("'")[1] if is_list else given[3])
        decide = DECIDE_OPEN if is_open else DECIDE
        rest = [] if is_open else [given[-1], []] if is_list else given[-2:]
        before = self.state()

        def asked() -> list[Any]:
            """A fresh question, committed outside a transaction."""
            (ticket,) = self.web.execute(f"SELECT ({ask})::text", given).fetchone()
            return [ticket, *rest]

        with pytest.raises(REFUSED), self.web.transaction():  # asked and decided, neither of them committed
            self.web.execute(decide, asked())
        for answer in ANSWERS:  # the question is committed; decided and told in one transaction
            question = asked()
            with pytest.raises(REFUSED), self.web.transaction():
                (decided,) = self.web.execute(decide, question).fetchone()
                self.web.execute(f"SELECT * FROM {answer}(%s::gate.ticket)", [decided])
        question = asked()
        with pytest.raises(REFUSED), self.web.transaction():  # also after a savepoint that was taken back
            with self.web.transaction(force_rollback=True):
                self.web.execute(decide, question)
            self.web.execute(decide, question)
        first, second = asked(), asked()
        with (
            pytest.raises(REFUSED),
            self.web.transaction(),
        ):  # what is not committed is asked about by a second question
            self.web.execute(decide, first)
            self.web.execute(decide, second)
        assert self.state() == before  # nothing was done

    def state(self) -> dict[str, Any]:
        """How much of everything there is about persons, but for the log; numbers come and go."""
        names = self.world.connection.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'care'::regnamespace AND relkind = 'r'"
            " AND relname !~ '^access_log'"
        ).fetchall()
        return {name: self.world.one(f"SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {name} t")
                for (name,) in names}  # fmt: skip


@pytest.fixture
def attacker(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attacker]:
    with database.connect(Role.WEB) as web:
        made = Attacker(world, web)
        monkeypatch.setattr(calling, "_execute", made)
        yield made


OF_THE_EXCHANGE = {event.value for event in Event if event.startswith("exchange:")}


def test_everything_about_a_person(world, attacker):
    town = build(world)
    for _, who, _, act in ROAD:
        # Guesses are counted, the attacker's too: they would stand in the way of the honest one.
        world.run("DELETE FROM gate.guess")
        act(town.actors[who], town)
    assert attacker.tried == {event.value for event in Event} - OF_THE_EXCHANGE


def test_everything_between_two_offices(world, attacker):
    town = ExchangeTown(world)
    for _, who, act in exchange_road(town):
        act(getattr(town, who))
    assert attacker.tried >= OF_THE_EXCHANGE


def test_a_unit_of_ones_own_transaction_tells_nothing_of_anybody(world, monkeypatch):
    """Anybody's numbers are staged in one's own transaction, to be told whom both offices have as a user."""
    town = ExchangeTown(world)
    calls: list[list[Any]] = []
    execute = calling._execute
    monkeypatch.setattr(calling, "_execute", lambda statement, given: calls.append(given) or execute(statement, given))
    unit = boxes.stage(town.planner, unit_of("schedule", town.scene()))[1]
    boxes.withdraw(town.planner, unit or 0)  # what was staged honestly is gone again
    ask, staging, files = ASKS["CALL gate.exchange_act"], calls[0][:7], calls[0][5:7]
    objections = world.one("SELECT last_value + 1 FROM care.exchange_unit_id_seq")
    about = f'{{"units": [{objections}]}}'
    with database.connect(Role.WEB) as web:
        stage = web.execute(f"SELECT ({ask})::text", staging).fetchone()
        asked = [*staging[:3], Event.EXCHANGE_OBJECTIONS.value, 0, about, []]
        question = web.execute(f"SELECT ({ask})::text", asked).fetchone()
        with pytest.raises(REFUSED), web.transaction():
            web.execute(DECIDE, [*stage, *files])
            web.execute(DECIDE, [*question, about, []])
        lines = world.log(certificate=town.planner.caller.certificate)[-2:]
        assert [(line["action"], line["outcome"]) for line in lines] == [
            ("exchange:stage", "asked"),
            ("exchange:objections", "asked"),
        ]  # both stand in the log without a decision, and are found
        (decided,) = web.execute(
            DECIDE, [*web.execute(f"SELECT ({ask})::text", asked).fetchone(), about, []]
        ).fetchone()
        told = web.execute("SELECT gate.answer(%s::gate.ticket)", [decided]).fetchone()
        assert '"exchange:no_unit"' in told[0]
