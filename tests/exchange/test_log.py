"""Every act of the exchange stands in the log: who, at which terminal, about whom — refused ones too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.gate import accesslog
from kiban.gate.events import Event
from kiban.web.request import Caller
from tests.exchange.machine import machine_key, seal_anew
from tests.exchange.road import road
from tests.exchange.town import Town, unit_of
from tests.world import days, hours

pytestmark = pytest.mark.database


def test_the_road_is_every_event_of_the_exchange(town):
    assert {event for event, *_ in road(town)} == {event for event in Event if event.startswith("exchange:")}


def rows(town: Town, participant: boxes.Participant, **where):
    return town.world.log(certificate=participant.caller.certificate, **where)


def test_each_is_written_once_with_whom_it_was_about(town):
    for event, who, act in road(town):
        participant = getattr(town, who)
        before = len(rows(town, participant, action=event))
        act(participant)
        (row,) = rows(town, participant, action=event)[before:]
        assert (row["outcome"], row["standing"]) == ("allowed", [])
        assert row["session"] and row["purpose"] == participant.purpose
        assert row["persons"] or row["insured_key"], event
        rows_of = town.world.rows(id=row["id"]) + town.world.rows(question_id=row["id"])
        assert [one["step"] for one in rows_of] == ["question", "decision"]
        assert all(accesslog.leaf_hash(one) == one["leaf"] for one in rows_of)


def test_each_refusal_is_written_and_changes_nothing(town, world):
    tables = (
        "exchange_vouch",
        "exchange_unit",
        "exchange_file",
        "exchange_entry",
        "exchange_receipt",
        "exchange_query",
    )
    counts = {name: world.one(f"SELECT count(*) FROM care.{name}") for name in tables}
    for participant in (town.planner, town.provider):
        world.run("UPDATE staff_session SET locked_at = %s WHERE certificate_fingerprint = %s", hours(-0.1),
                  participant.caller.certificate)  # fmt: skip
    for event, who, act in road(town):
        participant = getattr(town, who)
        before = len(rows(town, participant, action=event))
        act(participant)
        (row,) = rows(town, participant, action=event)[before:]
        assert (row["outcome"], row["standing"]) == ("denied", ["account:locked"])
        assert not row["persons"]
    assert {name: world.one(f"SELECT count(*) FROM care.{name}") for name in tables} == counts


@pytest.fixture
def machine(town):
    """The planner's terminal with a key of the exchange."""
    made, key = machine_key(town.actors["planner"])
    return made, replace(town.planner, caller=Caller(key, town.planner.caller.certificate))


def test_a_machine_sends_and_the_log_says_so(town, machine):
    made, participant = machine
    unit = unit_of("schedule", town.scene())
    _, number = boxes.stage(participant, unit)
    assert boxes.send(participant, number, unit) == "ok"
    for row in rows(town, participant)[-2:]:
        assert (row["outcome"], row["session"]) == ("allowed", None)
        assert row["machine"] == made.pk
        assert row["account_id"] == made.employment.account_id
    made.refresh_from_db()
    assert made.last_used_at is not None
    assert boxes.box(town.provider, "in")[0][0]["by_machine"]


def change_key(world, made, **values):
    for name, value in values.items():
        world.run(f"UPDATE exchange_synckey SET {name} = %s WHERE id = %s", value, made.pk)
    seal_anew(world)


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("revoked", "account:no_session"),
        ("over", "account:session_expired"),
        ("left", "account:left"),
        ("inactive", "account:inactive"),
        ("no certificate", "terminal:none"),
        ("another terminal", "terminal:other_terminal"),
        ("another office", "terminal:other_organisation"),
        ("certificate revoked", "terminal:revoked"),
        ("closed", "account:organisation_not_in_use"),
        ("guessed", "account:no_session"),
    ],
)
def test_a_key_gives_nothing_when(what, answer, town, world, machine):
    made, participant = machine
    caller = participant.caller
    match what:
        case "revoked":
            change_key(world, made, revoked_at=hours(-1))
        case "over":
            change_key(world, made, ends_on=days(0))
        case "left":
            world.run("UPDATE staff_employment SET ends_on = %s WHERE id = %s", days(0), made.employment_id)
        case "inactive":
            world.run("UPDATE staff_account SET is_active = false WHERE id = %s", made.employment.account_id)
        case "no certificate":
            caller = replace(caller, certificate="")
        case "another terminal":
            caller = replace(caller, certificate=world.terminal(town.planning)[1])
        case "another office":
            caller = replace(caller, certificate=town.provider.caller.certificate)
        case "certificate revoked":
            world.run("UPDATE terminals_certificate SET revoked_at = %s WHERE fingerprint = %s", hours(-1),
                      caller.certificate)  # fmt: skip
        case "closed":
            world.run("UPDATE registry_organisation SET ended_on = %s WHERE id = %s", days(0), town.planning.id)
        case "guessed":
            caller = replace(caller, session="sync-guessed")
    tried = replace(participant, caller=caller)
    assert boxes.stage(tried, unit_of("schedule", town.scene()))[0] == answer
    assert boxes.box(tried, "in")[2] == answer
    assert boxes.open_units(tried, [1]) is None


def test_a_key_opens_no_record_and_lists_nobody(town, machine):
    """It is a name of the exchange, not a session."""
    from kiban.gate import door

    _, participant = machine
    assert '"outcome" : "denied"' in door.open_records(
        participant.caller, 1311360000000001, ["insurance_card.card"], participant.purpose
    )
    assert '"people" : []' in door.list_people(participant.caller, participant.purpose)
