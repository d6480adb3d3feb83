"""Every act and every reading stands in the log: who, at which terminal, for what, on whom — refused ones too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from kiban.assignment import acts as assignment_acts
from kiban.assignment import emergencies
from kiban.consent import acts as consent_acts
from kiban.gate import accesslog, door
from kiban.gate.events import Event
from kiban.log import acts as log_acts
from kiban.plans import acts as plan_acts
from tests.gate.acts import (
    PNG,
    PURPOSE,
    agree,
    allow_emergency,
    deliver,
    emergency,
    end,
    give,
    grant,
    month_start,
    offer,
    put_plan,
    refuse,
    register,
    signing,
    withdraw,
    withdraw_plan,
)
from tests.world import Actor, Person, World, days, hours

pytestmark = pytest.mark.database


@dataclass
class Town:
    """One person, and somebody of each office that has to do with them."""

    world: World
    person: Person
    actors: dict[str, Actor]

    def newest(self, table: str) -> int:
        """The number of the newest fact about the person; 0: none."""
        found = self.world.one(f"SELECT max(id) FROM care.{table} WHERE insured_key = %s", self.person.key)
        return found or 0

    @property
    def successor(self) -> str:
        return self.actors["successor"].organisation.number


def attach(actor: Actor, town: Town) -> Any:
    paper = {"subject": "consent", "number": town.newest("consent"), "media_type": "image/png", "content": PNG}
    return consent_acts.attach_scan(actor.caller, town.person.key, PURPOSE, **paper)


def record_other(actor: Actor, town: Town) -> Any:
    key = town.person.key
    return consent_acts.record_other(actor.caller, key, PURPOSE, signing(), kind="article33", covers_family=False)


def revoke(actor: Actor, town: Town) -> Any:
    number = town.successor
    return assignment_acts.revoke(
        actor.caller, town.person.key, "insurer_duty", organisation_number=number, reason="moved"
    )


def review(actor: Actor, town: Town) -> Any:
    number = town.newest("emergency")
    return emergencies.review(actor.caller, town.person.key, PURPOSE, number, verdict="proper", note="確かめました")


def of_person(act: Callable[[Actor, Person], Any]) -> Callable[[Actor, Town], Any]:
    return lambda actor, town: act(actor, town.person)


# In the order of an office's life. (event, who, whether the row is about the one person, act)
ROAD: list[tuple[Event, str, bool, Callable[[Actor, Town], Any]]] = [
    (Event.ASSIGNMENT_REGISTER, "manager", True, of_person(register)),
    (Event.ASSIGNMENT_READ, "manager", True, lambda a, t: assignment_acts.state(a.caller, t.person.key, PURPOSE)),
    (Event.CONSENT_REFUSE, "manager", True, of_person(refuse)),
    (Event.CONSENT_GIVE, "manager", True, of_person(give)),
    (Event.SCAN_ATTACH, "manager", True, attach),
    (
        Event.SCAN_OPEN,
        "manager",
        True,
        lambda a, t: consent_acts.open_scan(a.caller, t.person.key, PURPOSE, t.newest("scan")),
    ),
    (Event.OTHER_CONSENT_GIVE, "manager", True, record_other),
    (
        Event.OTHER_CONSENT_WITHDRAW,
        "manager",
        True,
        lambda a, t: consent_acts.withdraw_other(a.caller, t.person.key, PURPOSE, t.newest("other_consent")),
    ),
    (Event.CONSENT_READ, "manager", True, lambda a, t: consent_acts.history(a.caller, t.person.key, PURPOSE)),
    (
        Event.RECORD_OPEN,
        "manager",
        True,
        lambda a, t: door.open_records(a.caller, t.person.key, ["insurance_card.card"], PURPOSE),
    ),
    (Event.PEOPLE_LIST, "manager", False, lambda a, t: door.list_people(a.caller, PURPOSE)),
    (Event.CONSENT_WITHDRAW, "manager", True, of_person(withdraw)),
    (Event.ASSIGNMENT_LAPSING, "manager", False, lambda a, t: assignment_acts.lapsing(a.caller, PURPOSE, days(300))),
    (
        Event.ASSIGNMENT_CONTINUE,
        "administrator",
        False,
        lambda a, t: assignment_acts.go_on(a.caller, PURPOSE, [t.person.key], month_start()),
    ),
    (
        Event.PLAN_DRAFT,
        "manager",
        True,
        lambda a, t: plan_acts.keep(a.caller, t.person.key, PURPOSE, None, {"author": ["x"]}),
    ),
    (Event.PLAN_PUT, "manager", True, of_person(put_plan)),
    (Event.PLAN_AGREE, "manager", True, of_person(agree)),
    (Event.PLAN_DELIVER, "manager", True, of_person(deliver)),
    (Event.PLAN_READ, "manager", True, lambda a, t: plan_acts.own(a.caller, t.person.key, PURPOSE)),
    (Event.PLAN_WITHDRAW, "manager", True, of_person(withdraw_plan)),
    (Event.HANDOVER_OFFER, "manager", True, lambda a, t: offer(a, t.person, t.successor)),
    (Event.HANDOVER_LIST, "successor", False, lambda a, t: assignment_acts.offers(a.caller, PURPOSE)),
    (
        Event.HANDOVER_WITHDRAW,
        "manager",
        True,
        lambda a, t: assignment_acts.withdraw_offer(a.caller, t.person.key, PURPOSE),
    ),
    (Event.ASSIGNMENT_END, "manager", True, of_person(end)),
    (Event.ASSIGNMENT_GRANT, "officer", True, lambda a, t: grant(a, t.person, t.successor)),
    (Event.ASSIGNMENT_REVOKE, "officer", True, revoke),
    (Event.EMERGENCY_SWITCH, "administrator", False, lambda a, t: emergencies.switch(a.caller, PURPOSE, on=True)),
    (Event.EMERGENCY_OPEN, "manager", True, of_person(emergency)),
    (Event.EMERGENCY_LIST, "administrator", False, lambda a, t: emergencies.opened(a.caller, PURPOSE)),
    (Event.EMERGENCY_REVIEW, "administrator", True, review),
    (Event.LOG_READ, "administrator", True, lambda a, t: log_acts.who_opened(a.caller, t.person.key, PURPOSE)),
]


def build(world: World, **actor: Any) -> Town:
    person = world.person(world.insurer(started_on=days(-10)))
    allow_emergency(world, person.insurer_no)
    office = world.organisation("43")
    city = world.organisation(kind="municipality", number=person.insurer_no)
    actors = {
        "manager": world.actor(office, **actor),
        "administrator": world.actor(office, "manager", level="administrator", **actor),
        "successor": world.actor(world.organisation("43"), **actor),
        "officer": world.actor(city, "municipal_officer", **actor),
    }
    return Town(world, person, actors)


# What an office does or reads about one person rests on a 担当, and the row says on which.
BY_ASSIGNMENT = {
    Event.ASSIGNMENT_REGISTER, Event.ASSIGNMENT_READ, Event.ASSIGNMENT_END, Event.RECORD_OPEN, Event.SCAN_ATTACH,
    Event.SCAN_OPEN, Event.CONSENT_GIVE, Event.CONSENT_READ, Event.CONSENT_WITHDRAW, Event.CONSENT_REFUSE,
    Event.OTHER_CONSENT_GIVE, Event.OTHER_CONSENT_WITHDRAW, Event.HANDOVER_OFFER, Event.HANDOVER_WITHDRAW,
    Event.PLAN_READ, Event.PLAN_DRAFT, Event.PLAN_PUT, Event.PLAN_AGREE, Event.PLAN_DELIVER, Event.PLAN_WITHDRAW,
}  # fmt: skip


# Between two offices, about many users at once: tests/exchange/test_log.py.
OF_THE_EXCHANGE = {event for event in Event if event.startswith("exchange:")}


def test_the_road_is_every_event():
    assert {event for event, *_ in ROAD} == set(Event) - OF_THE_EXCHANGE


def sealed(world: World, line: dict[str, Any]) -> list[str]:
    """The steps of a line of the log, whose leaves are right."""
    rows = world.rows(id=line["id"]) + world.rows(question_id=line["id"])
    assert all(accesslog.leaf_hash(row) == row["leaf"] for row in rows)
    return [row["step"] for row in rows]


def test_each_is_written_once_with_caller_terminal_and_basis(world):
    town = build(world)
    person, actors = town.person, town.actors
    basis = 0
    for event, who, is_about_one, act in ROAD:
        actor = actors[who]
        before = len(world.log(account_id=actor.account_id))
        act(actor, town)
        basis = basis or town.newest("assignment")
        rows = world.log(account_id=actor.account_id)[before:]
        assert [row["action"] for row in rows] == [event]
        (row,) = rows
        assert row["outcome"] in {"allowed", "partly"}, (event, row["decisions"])
        assert row["certificate"] == actor.fingerprint
        assert (row["employment_id"], row["organisation_id"]) == (actor.employment_id, actor.organisation.id)
        assert row["session"] is not None
        assert row["session"] != actor.session
        assert row["purpose"]
        assert row["matrix"]
        whom = row["insured_key"] or (row["persons"][0] if is_about_one else 0)
        assert whom == (person.key if is_about_one else 0)
        assert row["standing"] == []
        assert row["assignment_id"] == (basis if event in BY_ASSIGNMENT else None), event
        if event in {Event.CONSENT_GIVE, Event.CONSENT_WITHDRAW}:
            assert row["consent_id"] == town.newest("consent")
        assert sealed(world, row) == ["question", "decision"]


def test_each_refusal_is_written_too(world):
    town = build(world, session={"locked_at": hours(-0.1)})
    person, actors = town.person, town.actors
    for event, who, _, act in ROAD:
        actor = actors[who]
        before = len(world.log(account_id=actor.account_id))
        act(actor, town)
        rows = world.log(account_id=actor.account_id)[before:]
        assert [(row["action"], row["outcome"], row["standing"]) for row in rows] == [
            (event, "denied", ["account:locked"])
        ]
        (row,) = rows
        assert (row["certificate"], row["persons"]) == (actor.fingerprint, [])
        assert sealed(world, row) == ["question"]
    for table in (
        "assignment",
        "consent",
        "refusal",
        "scan",
        "other_consent",
        "continuation",
        "handover",
        "emergency",
        "record",
        "plan_draft",
    ):
        assert world.one(f"SELECT count(*) FROM care.{table} WHERE insured_key = %s", person.key) == 0


def test_and_the_rows_say_nothing_in_free_text(world):
    """What somebody writes (notes, reasons, names) stays beside the person; the log holds codes and numbers."""
    town = build(world)
    person, actors = town.person, town.actors
    manager = actors["manager"]
    register(manager, person, document="かいてはいけない")
    give(manager, person, note="かいてはいけない", signer_name="かいてはいけない")
    refuse(manager, person, note="かいてはいけない", signer="nobody かいてはいけない")
    consent_acts.record_other(
        manager.caller, person.key, PURPOSE, signing(), kind="かいてはいけない", covers_family=False
    )
    offer(manager, person, "かいてはいけない", note="かいてはいけない")
    end(manager, person, "かいてはいけない")
    emergencies.switch(actors["administrator"].caller, PURPOSE, on=True)
    emergency(manager, person, "かいてはいけない理由を書きました")
    review(actors["administrator"], town)
    rows = [row for actor in actors.values() for row in world.log(account_id=actor.account_id)]
    assert len(rows) == 9
    assert "かいてはいけない" not in str(rows)


def test_no_new_table_is_readable_by_the_web_process(world):
    found = world.connection.execute(
        """SELECT c.oid::regclass::text FROM pg_class AS c
            WHERE c.relnamespace = 'care'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
              AND (has_table_privilege('kiban_web', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                   OR (c.relkind <> 'S' AND has_any_column_privilege('kiban_web', c.oid, 'SELECT, INSERT, UPDATE')))"""
    ).fetchall()
    assert found == []
    tables = {
        name
        for (name,) in world.connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'care'::regnamespace AND relkind = 'r'"
        )
    }
    new = {"refusal", "other_consent", "scan", "confirmation", "card", "continuation", "handover", "emergency"}
    assert new <= tables


@pytest.mark.parametrize(
    "table",
    ["assignment_policy", "assignment_emergencyrule", "assignment_emergencyswitch", "gate_matrixversion", "gate_cell"],
)
def test_what_decides_is_read_and_not_written_by_the_web_process(world, table):
    found = world.one(
        """SELECT has_table_privilege('kiban_web', %s, 'SELECT'),
                  has_table_privilege('kiban_web', %s, 'INSERT, UPDATE, DELETE, TRUNCATE')""",
        table,
        table,
    )
    assert found == (True, False)


def test_a_cards_proof_is_made_by_the_web_process_and_used_by_the_gate_only(world):
    assert world.one(
        """SELECT has_table_privilege('kiban_web', 'assignment_cardproof', 'INSERT'),
                  has_table_privilege('kiban_web', 'assignment_cardproof', 'UPDATE, DELETE'),
                  has_table_privilege('kiban_worker', 'assignment_cardproof', 'SELECT, INSERT, UPDATE, DELETE')"""
    ) == (True, False, False)
