"""A call whose answer was lost comes again: what was decided is told, and nothing is done twice."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from django.db import connection

from kiban.exchange.boxes import acts as boxes
from kiban.gate.calling import written
from kiban.gate.events import Event
from kiban.ops import database
from kiban.ops.database import Role
from tests.exchange.town import Town, unit_of
from tests.gate.acts import PURPOSE, give, is_waited_for, register, signing
from tests.lost_line import Moment, losing
from tests.world import Actor, Person, World, days

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(
        not connection.settings_dict["HOST"].startswith("/"), reason="the line that breaks is a socket of this machine"
    ),
]
ASK = "SELECT gate.ask(%s, %s, %s, %s, %s::bigint, %s::jsonb, '{}', %s)::text"
DECIDE = "SELECT gate.decide(%s::gate.ticket, %s::jsonb, '{}')::text"
ANSWER = "SELECT gate.answer(%s::gate.ticket)"
GIVEN = written({"given_on": days(0), "text_version": "2026-10", **signing().values()})


@pytest.fixture
def person(world: World, insurer: str) -> Person:
    """Somebody nobody is in charge of yet."""
    return world.person(insurer)


def facts(world: World, table: str, person: Person) -> int:
    return world.one(f"SELECT count(*) FROM care.{table} WHERE insured_key = %s", person.key)


def decisions(world: World, actor: Actor, action: str) -> list[str]:
    """Of everything the actor asked of the kind: the outcome, question by question."""
    return [line["outcome"] for line in world.log(account_id=actor.account_id, action=action)]


@pytest.mark.parametrize("moment", list(Moment))
class TestTheLineBreaks:
    """While the server works on the call (the retry then runs beside it), and when its answer is on the way."""

    def lost(self, moment: Moment, act: Callable[[], Any]) -> Any:
        with losing(moment) as line:
            answer = act()
            assert (line.lost, line.lines) == (1, 2)
        return answer

    def test_a_registration(self, world, manager, person, moment):
        assert self.lost(moment, lambda: register(manager, person)) == ("ok", person.key)
        assert facts(world, "assignment", person) == 1
        assert sorted(decisions(world, manager, "assignment:register")) == ["allowed", "asked"]

    def test_a_consent(self, world, manager, person, moment):
        register(manager, person)
        assert self.lost(moment, lambda: give(manager, person)) == "ok"
        assert facts(world, "consent", person) == 1
        assert sorted(decisions(world, manager, "consent:give")) == ["allowed", "asked"]

    def test_a_unit_that_is_sent(self, world, moment):
        town = Town(world)
        unit = unit_of("schedule", town.scene())
        result, number = self.lost(moment, lambda: boxes.stage(town.planner, unit))
        assert result == "ok"
        assert self.lost(moment, lambda: boxes.send(town.planner, number or 0, unit)) == "ok"
        planner = town.actors["planner"]
        assert world.one("SELECT count(*) FROM care.exchange_unit WHERE sender_id = %s", town.planning.id) == 1
        assert sorted(decisions(world, planner, "exchange:send")) == ["allowed", "asked"]
        assert len(boxes.box(town.provider, "in")[0]) == 1


class TestTwins:
    """Two calls of the same attempt at once: one decides, the other is told what was decided."""

    @pytest.fixture
    def two(self) -> Iterator[list[psycopg.Connection[Any]]]:
        with ExitStack() as stack:
            yield [stack.enter_context(database.connect(Role.WEB)) for _ in range(2)]

    @pytest.mark.parametrize("first", [0, 1])
    def test_whichever_decides_first(self, world, manager, person, two, first):
        register(manager, person)
        attempt = uuid.uuid4()
        given = [manager.session, manager.fingerprint, PURPOSE, Event.CONSENT_GIVE.value, person.key, GIVEN, attempt]
        tickets = [web.execute(ASK, given).fetchone() for web in two]
        second, answered = 1 - first, []

        def beside() -> None:
            answered.extend(two[second].execute(DECIDE, [*tickets[second], GIVEN]).fetchone())

        with two[first].transaction():
            decided = two[first].execute(DECIDE, [*tickets[first], GIVEN]).fetchone()
            thread = threading.Thread(target=beside)
            thread.start()
            while thread.is_alive() and not is_waited_for(world, two[first].info.backend_pid):
                thread.join(0.001)
            assert answered == []  # it waits
        thread.join()
        assert tuple(answered) == decided
        assert json.loads(two[second].execute(ANSWER, answered).fetchone()[0])["result"] == "ok"
        assert facts(world, "consent", person) == 1

    def test_of_another_session_it_is_another_call(self, world, manager, person, two):
        colleague = world.actor(manager.organisation)
        register(manager, person)
        attempt, told = uuid.uuid4(), []
        for actor, web in zip((manager, colleague), two, strict=True):
            given = [actor.session, actor.fingerprint, PURPOSE, "consent:read", person.key, "{}", attempt]
            told.append(web.execute(DECIDE, [*web.execute(ASK, given).fetchone(), "{}"]).fetchone())
        assert told[0] != told[1]

    @pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
    def test_an_earlier_state_decides_nothing(self, world, manager, person, two, level):
        """Who decides in a transaction that still sees the time before would decide once more."""
        register(manager, person)
        one, other = two
        given = [manager.session, manager.fingerprint, PURPOSE, "consent:read", person.key, "{}", None]
        ticket = one.execute(ASK, given).fetchone()
        with pytest.raises(psycopg.errors.InvalidTransactionState), other.transaction():
            other.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            other.execute("SELECT 1 FROM registry_prefecture LIMIT 1")
            one.execute(DECIDE, [*ticket, "{}"])
            other.execute(DECIDE, [*ticket, "{}"])
        assert [row["step"] for row in world.rows(action="consent:read", account_id=manager.account_id)] == ["question"]
        assert decisions(world, manager, "consent:read") == ["allowed"]
