"""Everything the gate can do, tried by those who may not: a stolen session, a colleague, another office, another city.

Nothing about the person changes, nothing about the person is told, and every try is in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from kiban.assignment import acts as assignment_acts
from kiban.assignment import emergencies
from kiban.consent import acts as consent_acts
from kiban.gate.events import Event
from kiban.log import acts as log_acts
from kiban.web.request import Caller
from tests.gate.acts import PURPOSE, give, grant, refuse, register, sees
from tests.gate.road import OF_THE_EXCHANGE, ROAD, Town, attach, build, record_other
from tests.world import Actor, World, days, hours

pytestmark = pytest.mark.database

TABLES = (
    "consent", "refusal", "other_consent", "scan", "identity", "confirmation", "card", "assignment", "continuation",
    "handover", "emergency",
)  # fmt: skip


@pytest.fixture
def town(world: World) -> Town:
    """A town in which each act of the road would be done for the one who may."""
    town = build(world)
    manager, administrator = town.actors["manager"], town.actors["administrator"]
    register(manager, town.person)
    give(manager, town.person)
    attach(manager, town)
    record_other(manager, town)
    world.record(town.person, "insurance_card.card", {"care_level": "23"})
    emergencies.switch(administrator.caller, PURPOSE, on=True)
    world.emergency(town.person, manager, hours(-3), hours(-1))
    assignment_acts.offer(
        manager.caller, town.person.key, PURPOSE, to_number=town.successor, starts_on=days(5), note="ひみつの覚え書き"
    )
    return town


def facts(town: Town) -> dict[str, Any]:
    """Everything that is written about the person."""
    return {
        table: town.world.connection.execute(
            f"SELECT * FROM care.{table} WHERE insured_key = %s ORDER BY id", [town.person.key]
        ).fetchall()
        for table in TABLES
    }


def tries(town: Town, attacker: Actor, only: Callable[[Event], bool] = lambda _: True) -> Iterator[tuple[Event, Any]]:
    """Each act of the road by the attacker: its event and its answer. Nothing may have changed by the end."""
    before = facts(town)
    for event, _, _, act in ROAD:
        if only(event):
            yield event, act(attacker, town)
    assert facts(town) == before


def tells_of(answer: Any, town: Town) -> bool:
    """Whether an answer holds anything about the person."""
    words = (town.person.name, town.person.insured_no, "care_level", "ひみつの覚え書き", "倒れている", "試験のため緊急")
    return any(word in str(answer) for word in words)


def denied(town: Town, attacker: Actor, event: Event) -> bool:
    row = town.world.log(certificate=attacker.fingerprint or None)[-1] if attacker.fingerprint else None
    return row is None or (row["action"], row["outcome"]) == (event, "denied")


class TestStolenSession:
    @pytest.mark.parametrize("who", ["manager", "administrator", "successor", "officer"])
    def test_carried_to_another_terminal_of_the_same_office(self, world, town, who):
        victim = town.actors[who]
        _, fingerprint, _, _ = world.terminal(victim.organisation)
        thief = replace(victim, fingerprint=fingerprint)
        for event, answer in tries(town, thief):
            assert not tells_of(answer, town), event
            assert denied(town, thief, event), event
        assert {tuple(row["standing"]) for row in world.log(certificate=fingerprint)} == {("terminal:other_terminal",)}
        assert len(world.log(certificate=fingerprint)) == len(ROAD)

    @pytest.mark.parametrize("fingerprint", ["", "f" * 64, "not a fingerprint"])
    def test_carried_to_a_terminal_nobody_knows(self, town, fingerprint):
        thief = replace(town.actors["administrator"], fingerprint=fingerprint)
        for event, answer in tries(town, thief):
            assert not tells_of(answer, town), event

    def test_a_terminal_without_a_session(self, world, town):
        _, fingerprint, _, _ = world.terminal(town.actors["manager"].organisation)
        thief = replace(town.actors["manager"], session="guessed", fingerprint=fingerprint)
        for event, answer in tries(town, thief):
            assert not tells_of(answer, town), event
            assert denied(town, thief, event), event

    def test_of_somebody_who_has_left_meanwhile(self, world, town):
        victim = town.actors["administrator"]
        world.run("UPDATE staff_employment SET ends_on = %s WHERE id = %s", days(0), victim.employment_id)
        for event, answer in tries(town, victim):
            assert not tells_of(answer, town), event
            assert denied(town, victim, event), event


OWN_LISTS = {
    Event.PEOPLE_LIST,
    Event.PEOPLE_EXPORT,
    Event.ASSIGNMENT_LAPSING,
    Event.HANDOVER_LIST,
    Event.EMERGENCY_LIST,
    Event.SCAN_HIDDEN,
    Event.STANDARD_LIST,
}
OF_THE_OWN_OFFICE = OWN_LISTS | {Event.EMERGENCY_SWITCH}
# With the four items in hand an office registers: that is what they are for.
WITH_FOUR_ITEMS = {Event.ASSIGNMENT_REGISTER, Event.EMERGENCY_OPEN}


class TestAnotherOrganisation:
    @pytest.fixture(params=["care office", "service office", "institution", "city"])
    def stranger(self, world, request) -> Actor:
        """The administrator of an organisation that has nothing to do with the person."""
        organisation = {
            "care office": lambda: world.organisation("43"),
            "service office": lambda: world.organisation("15"),
            "institution": lambda: world.organisation(kind="medical"),
            "city": lambda: world.organisation(kind="municipality", number=world.insurer()),
        }[request.param]()
        job = {"institution": "physician", "city": "municipal_officer"}.get(request.param, "care_manager")
        return world.actor(organisation, job, level="administrator")

    def test_with_the_persons_key(self, town, stranger):
        for event, answer in tries(town, stranger, lambda event: event not in WITH_FOUR_ITEMS):
            assert not tells_of(answer, town), event
            assert event in OF_THE_OWN_OFFICE or denied(town, stranger, event), event

    def test_a_key_of_nobody_answers_just_the_same(self, world, town, stranger):
        nobody = Town(world, replace(town.person, key=town.person.key + 5_000_000_000), town.actors)
        elsewhere = OF_THE_EXCHANGE | {Event.RECORD_OPEN, Event.LOG_READ}
        by_key = set(Event) - OF_THE_OWN_OFFICE - WITH_FOUR_ITEMS - elsewhere
        some, none = (dict(tries(one, stranger, by_key.__contains__)) for one in (town, nobody))
        assert some == none
        assert len(some) == len(by_key)


class TestColleague:
    """A general member of the very office."""

    ADMINISTRATORS = {
        Event.ASSIGNMENT_CONTINUE,
        Event.EMERGENCY_SWITCH,
        Event.EMERGENCY_LIST,
        Event.EMERGENCY_REVIEW,
        Event.LOG_READ,
    }
    INSURERS = {Event.ASSIGNMENT_GRANT, Event.ASSIGNMENT_REVOKE, Event.SCAN_HIDDEN}

    def test_does_nothing_that_is_an_administrators_or_the_insurers(self, world, town):
        colleague = world.actor(town.actors["manager"].organisation)
        wanted = self.ADMINISTRATORS | self.INSURERS
        for event, answer in tries(town, colleague, lambda event: event in wanted):
            assert not tells_of(answer, town), event
            assert denied(town, colleague, event), event
        assert len(world.log(account_id=colleague.account_id)) == len(wanted)

    def test_nor_does_an_administrator_what_is_the_insurers(self, town):
        for event, _ in tries(town, town.actors["administrator"], lambda event: event in self.INSURERS):
            assert denied(town, town.actors["administrator"], event)


class TestMunicipality:
    def test_it_does_not_invent_insured_persons(self, world, town):
        officer = town.actors["officer"]
        nobody = replace(town.person, key=town.person.key + 5_000_000_000)
        assert grant(officer, nobody, town.successor) == "assignment:none"
        assert give(officer, nobody) == "assignment:none"
        assert refuse(officer, nobody) == "assignment:none"
        for table in ("assignment", "consent", "refusal"):
            assert world.one(f"SELECT count(*) FROM care.{table} WHERE insured_key = %s", nobody.key) == 0

    def test_keys_beyond_any_person(self, town):
        officer = town.actors["officer"]
        for key in (0, -1, -town.person.key, 2**62):
            nobody = replace(town.person, key=key)
            assert give(officer, nobody) in {"assignment:none", "assignment:other_insurer"}
            assert give(town.actors["manager"], nobody) == "assignment:none"
            assert consent_acts.history(officer.caller, key, PURPOSE) is None

    def test_it_does_not_take_what_an_office_keeps(self, town):
        officer = town.actors["officer"]
        history = consent_acts.history(officer.caller, town.person.key, "insurer_duty")
        assert (history["others"], history["scans"]) == ([], [])


class TestWhatOthersWrote:
    def test_notes_and_staff_of_another_office_are_not_told(self, world, town):
        manager = town.actors["manager"]
        refuse(manager, town.person, note="内輪の覚え書き", signer="family", signer_name="試験 家族")
        elsewhere = world.actor(world.organisation("43"))
        register(elsewhere, town.person)
        told = consent_acts.history(elsewhere.caller, town.person.key, PURPOSE)
        assert "内輪の覚え書き" not in str(told)
        assert manager.name not in str(told)
        (refusal,) = told["refusals"]
        assert (refusal["organisation"], refusal["signer_name"]) == (manager.organisation.name, "試験 家族")
        for actor, purpose in ((manager, PURPOSE), (town.actors["officer"], "insurer_duty")):
            told = consent_acts.history(actor.caller, town.person.key, purpose)
            assert told["refusals"][0]["note"] == told["consents"][0]["withdrawn_note"] == "内輪の覚え書き"
            assert told["refusals"][0]["account"] == manager.name


class TestSmallerReadings:
    """Ask, decide and answer of the smaller readings called singly, with any SQL the web process may run."""

    ASK = "SELECT gate.ask(%s, %s, 'care_planning', %s, %s, %s::jsonb, '{}', NULL)::text"
    DECIDE = "SELECT gate.decide(%s::gate.ticket, %s::jsonb, '{}')::text"
    ANSWER = "SELECT gate.answer(%s::gate.ticket)"

    def ask(self, web, actor, town, action="consent:read", parameters="{}"):
        given = [actor.session, actor.fingerprint, action, town.person.key, parameters]
        return web.execute(self.ASK, given).fetchone()[0]

    def decided(self, web, actor, town):
        return web.execute(self.DECIDE, [self.ask(web, actor, town), "{}"]).fetchone()

    def test_asked_decided_and_committed_is_answered(self, web, town):
        ticket = self.decided(web, town.actors["manager"], town)
        assert town.person.name in web.execute(self.ANSWER, ticket).fetchone()[0]

    def test_not_committed_is_not_answered(self, web, town):
        question = self.ask(web, town.actors["manager"], town)
        with pytest.raises(psycopg.errors.InvalidTransactionState), web.transaction():
            web.execute(self.ANSWER, web.execute(self.DECIDE, [question, "{}"]).fetchone())

    def test_the_ticket_of_one_reading_does_not_open_another(self, web, town):
        ticket = self.decided(web, town.actors["manager"], town)
        for answer in ("gate.answer_open", "gate.answer_list", "gate.answer_exchange"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(f"SELECT * FROM {answer}(%s::gate.ticket)", ticket)

    def test_other_parameters_than_were_asked_are_not_decided(self, web, town):
        question = self.ask(web, town.actors["manager"], town, "scan:open", '{"number": 1}')
        for other in ('{"number": 2}', "{}", "null", None):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(self.DECIDE, [question, other])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("SELECT gate.decide(%s::gate.ticket, '{\"number\": 1}', ARRAY['x'::bytea])", [question])

    def test_a_refused_asking_answers_nothing(self, web, town, world):
        stranger = world.actor(world.organisation("43"))
        answer = web.execute(self.ANSWER, self.decided(web, stranger, town)).fetchone()[0]
        assert '"answer" : null' in answer
        assert '"assignment:none"' in answer

    def test_a_reading_that_does_not_exist(self, web, town):
        for action in ("record:open", "anything", "", "list:x", "open:"):
            with pytest.raises(psycopg.errors.InvalidParameterValue):
                self.ask(web, town.actors["manager"], town, action)


def test_a_withdrawal_by_one_office_stops_all_and_is_seen_by_whom_it_was(world, town):
    """Any office in charge may take a withdrawal in the municipality's place; it cannot do so unseen."""
    manager, nurse = town.actors["manager"], world.actor(world.organisation("15"), "nurse")
    register(nurse, town.person, capacity="service")
    assert sees(manager, town.person) == "allowed"
    consent_acts.withdraw(nurse.caller, town.person.key, "service_provision", consent_acts.Signing(days(0), "self"))
    assert sees(manager, town.person) == "consent:withdrawn"
    (given,) = consent_acts.history(manager.caller, town.person.key, PURPOSE)["consents"]
    assert given["withdrawn_organisation"] == nurse.organisation.name
    rows = log_acts.who_opened(town.actors["administrator"].caller, town.person.key, PURPOSE).rows
    assert nurse.name not in {row.account for row in rows}
    city = replace(town.actors["officer"])
    world.run("UPDATE staff_employment SET level = 'administrator' WHERE id = %s", city.employment_id)
    rows = log_acts.who_opened(city.caller, town.person.key, "insurer_duty").rows
    assert ("consent:withdraw", nurse.name) in {(row.event, row.account) for row in rows}


def test_a_caller_is_what_the_request_shows_and_nothing_else():
    assert set(Caller.__annotations__) == {"session", "certificate"}
