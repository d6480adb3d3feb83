"""Every act and every reading stands in the log: who, at which terminal, for what, on whom — refused ones too."""

from __future__ import annotations

from typing import Any

import pytest

from kiban.assignment import emergencies
from kiban.consent import acts as consent_acts
from kiban.gate import accesslog
from kiban.gate.events import Event
from tests.gate.acts import (
    PURPOSE,
    emergency,
    end,
    give,
    offer,
    refuse,
    register,
    signing,
)
from tests.gate.road import OF_THE_EXCHANGE, ROAD, build, review
from tests.world import World, hours

pytestmark = pytest.mark.database


# What an office does or reads about one person rests on a 担当, and the row says on which.
BY_ASSIGNMENT = {
    Event.ASSIGNMENT_REGISTER, Event.ASSIGNMENT_READ, Event.ASSIGNMENT_END, Event.RECORD_OPEN, Event.SCAN_ATTACH,
    Event.SCAN_OPEN, Event.CONSENT_GIVE, Event.CONSENT_READ, Event.CONSENT_WITHDRAW, Event.CONSENT_REFUSE,
    Event.OTHER_CONSENT_GIVE, Event.OTHER_CONSENT_WITHDRAW, Event.HANDOVER_OFFER, Event.HANDOVER_WITHDRAW,
    Event.PLAN_READ, Event.PLAN_DRAFT, Event.PLAN_PUT, Event.PLAN_AGREE, Event.PLAN_DELIVER, Event.PLAN_WITHDRAW,
    Event.STANDARD_RECORD, Event.STANDARD_READ, Event.STANDARD_CORRECT,
    Event.CONSENT_CORRECT, Event.SCAN_CORRECT, Event.ASSIGNMENT_CORRECT, Event.IDENTITY_CORRECT,
}  # fmt: skip


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
        "standard_fact",
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
