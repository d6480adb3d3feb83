"""Every act and every reading stands in the log: who, at which terminal, for what, on whom — refused ones too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiban.gate import accesslog, consents, door, emergencies, relations
from kiban.gate.events import Event
from tests.gate.acts import (
    PNG,
    PURPOSE,
    allow_emergency,
    emergency,
    end,
    give,
    grant,
    month_start,
    offer,
    refuse,
    register,
    signing,
    withdraw,
)
from tests.world import Actor, Person, World, days, hours

pytestmark = pytest.mark.database


def attach(actor: Actor, person: Person) -> Any:
    number = World().one("SELECT max(id) FROM care.consent WHERE insured_key = %s", person.key) or 0
    return consents.attach_scan(
        actor.caller, person.key, PURPOSE, subject="consent", number=number, media_type="image/png", content=PNG
    )


def open_scan(actor: Actor, person: Person) -> Any:
    number = World().one("SELECT max(id) FROM care.scan WHERE insured_key = %s", person.key) or 0
    return consents.open_scan(actor.caller, person.key, PURPOSE, number)


def record_other(actor: Actor, person: Person) -> Any:
    return consents.record_other(actor.caller, person.key, PURPOSE, signing(), kind="article33", covers_family=False)


def withdraw_other(actor: Actor, person: Person) -> Any:
    number = World().one("SELECT max(id) FROM care.other_consent WHERE insured_key = %s", person.key) or 0
    return consents.withdraw_other(actor.caller, person.key, PURPOSE, number)


def revoke(actor: Actor, person: Person) -> Any:
    number = World().one(
        "SELECT number FROM registry_organisation WHERE name = '試験の後任事業所' ORDER BY id DESC LIMIT 1"
    )
    return relations.revoke(actor.caller, person.key, "insurer_duty", organisation_number=number, reason="moved")


def review(actor: Actor, person: Person) -> Any:
    number = World().one("SELECT max(id) FROM care.emergency WHERE insured_key = %s", person.key) or 0
    return emergencies.review(actor.caller, person.key, PURPOSE, number, verdict="proper", note="確かめました")


# In the order of an office's life. (event, who, whether the row is about the one person, act)
ROAD: list[tuple[Event, str, bool, Callable[[Actor, Person], Any]]] = [
    (Event.RELATION_REGISTER, "manager", True, register),
    (Event.RELATION_READ, "manager", True, lambda a, p: relations.state(a.caller, p.key, PURPOSE)),
    (Event.CONSENT_REFUSE, "manager", True, refuse),
    (Event.CONSENT_GIVE, "manager", True, give),
    (Event.SCAN_ATTACH, "manager", True, attach),
    (Event.SCAN_OPEN, "manager", True, open_scan),
    (Event.OTHER_CONSENT_GIVE, "manager", True, record_other),
    (Event.OTHER_CONSENT_WITHDRAW, "manager", True, withdraw_other),
    (Event.CONSENT_READ, "manager", True, lambda a, p: consents.history(a.caller, p.key, PURPOSE)),
    (
        Event.RECORD_OPEN,
        "manager",
        True,
        lambda a, p: door.open_records(a.caller, p.key, ["insurance_card.card"], PURPOSE),
    ),
    (Event.PEOPLE_LIST, "manager", False, lambda a, p: door.list_people(a.caller, PURPOSE)),
    (Event.CONSENT_WITHDRAW, "manager", True, withdraw),
    (Event.RELATION_LAPSING, "manager", False, lambda a, p: relations.lapsing(a.caller, PURPOSE, days(300))),
    (
        Event.RELATION_CONTINUE,
        "administrator",
        False,
        lambda a, p: relations.go_on(a.caller, PURPOSE, [p.key], month_start()),
    ),
    (Event.HANDOVER_OFFER, "manager", True, lambda a, p: offer(a, p, successor_number())),
    (Event.HANDOVER_LIST, "successor", False, lambda a, p: relations.offers(a.caller, PURPOSE)),
    (Event.HANDOVER_WITHDRAW, "manager", True, lambda a, p: relations.withdraw_offer(a.caller, p.key, PURPOSE)),
    (Event.RELATION_END, "manager", True, end),
    (Event.RELATION_GRANT, "officer", True, lambda a, p: grant(a, p, successor_number())),
    (Event.RELATION_REVOKE, "officer", True, revoke),
    (Event.EMERGENCY_SWITCH, "administrator", False, lambda a, p: emergencies.switch(a.caller, PURPOSE, on=True)),
    (Event.EMERGENCY_OPEN, "manager", True, emergency),
    (Event.EMERGENCY_LIST, "administrator", False, lambda a, p: emergencies.opened(a.caller, PURPOSE)),
    (Event.EMERGENCY_REVIEW, "administrator", True, review),
    (Event.LOG_READ, "administrator", True, lambda a, p: door.who_opened(a.caller, p.key, PURPOSE)),
]


def successor_number() -> str:
    return str(
        World().one("SELECT number FROM registry_organisation WHERE name = '試験の後任事業所' ORDER BY id DESC LIMIT 1")
    )


def people(world: World, **actor: Any) -> tuple[Person, dict[str, Actor]]:
    person = world.person(world.insurer(started_on=days(-10)))
    allow_emergency(world, person.insurer_no)
    office, next_office = world.organisation("43"), world.organisation("43")
    world.run("UPDATE registry_organisation SET name = '試験の後任事業所' WHERE id = %s", next_office.id)
    city = world.organisation(kind="municipality", number=person.insurer_no)
    return person, {
        "manager": world.actor(office, **actor),
        "administrator": world.actor(office, "manager", level="administrator", **actor),
        "successor": world.actor(next_office, **actor),
        "officer": world.actor(city, "municipal_officer", **actor),
    }


def test_the_road_is_every_event():
    assert {event for event, *_ in ROAD} == set(Event)


def test_each_is_written_once_with_caller_terminal_and_basis(world):
    person, actors = people(world)
    for event, who, is_about_one, act in ROAD:
        actor = actors[who]
        before = len(world.log(account_id=actor.account_id))
        act(actor, person)
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
        assert row["insured_key"] == (person.key if is_about_one else 0)
        assert row["standing"] == []
        assert accesslog.leaf_hash(row) == row["leaf"]


def test_each_refusal_is_written_too(world):
    person, actors = people(world, session={"locked_at": hours(-0.1)})
    for event, who, _, act in ROAD:
        actor = actors[who]
        before = len(world.log(account_id=actor.account_id))
        act(actor, person)
        rows = world.log(account_id=actor.account_id)[before:]
        assert [(row["action"], row["outcome"], row["standing"]) for row in rows] == [
            (event, "denied", ["account:locked"])
        ]
        (row,) = rows
        assert (row["certificate"], row["persons"]) == (actor.fingerprint, [])
        assert accesslog.leaf_hash(row) == row["leaf"]
    for table in ("relation", "consent", "refusal", "scan", "other_consent", "continuation", "handover", "emergency"):
        assert world.one(f"SELECT count(*) FROM care.{table} WHERE insured_key = %s", person.key) == 0


def test_and_the_rows_say_nothing_in_free_text(world):
    """What somebody writes (notes, reasons, names) stays beside the person; the log holds codes and numbers."""
    person, actors = people(world)
    manager = actors["manager"]
    register(manager, person, document="かいてはいけない")
    give(manager, person, note="かいてはいけない", signer_name="かいてはいけない")
    refuse(manager, person, note="かいてはいけない", signer="nobody かいてはいけない")
    consents.record_other(manager.caller, person.key, PURPOSE, signing(), kind="かいてはいけない", covers_family=False)
    offer(manager, person, "かいてはいけない", note="かいてはいけない")
    end(manager, person, "かいてはいけない")
    emergencies.switch(actors["administrator"].caller, PURPOSE, on=True)
    emergency(manager, person, "かいてはいけない理由を書きました")
    review(actors["administrator"], person)
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
    "table", ["gate_relationpolicy", "gate_emergencyrule", "gate_emergencyswitch", "gate_matrixversion", "gate_cell"]
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
        """SELECT has_table_privilege('kiban_web', 'gate_cardproof', 'INSERT'),
                  has_table_privilege('kiban_web', 'gate_cardproof', 'UPDATE, DELETE'),
                  has_table_privilege('kiban_worker', 'gate_cardproof', 'SELECT, INSERT, UPDATE, DELETE')"""
    ) == (True, False, False)
