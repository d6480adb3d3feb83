"""The rows of the access log: canonical form, months, and who may read them."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from kiban.consent import acts as consent_acts
from kiban.consent.acts import Signing
from kiban.gate import accesslog, door
from kiban.gate.events import Event, Purpose
from kiban.log import acts as log_acts
from tests.world import days, hours

pytestmark = pytest.mark.database


def test_the_leaf_is_what_anybody_can_recompute(world, office, person):
    manager = world.actor(office)
    door.open_records(manager.caller, person.key, ["insurance_card.card", "life.feedback"], "care_planning")
    door.list_people(manager.caller, "care_planning")
    consent_acts.give(manager.caller, person.key, "care_planning", Signing(days(0), "self"), text_version="1")
    lines = world.log(account_id=manager.account_id)
    assert [line["action"] for line in lines] == ["record:open", "people:list", "consent:give"]
    rows = [row for line in lines for row in world.rows(id=line["id"]) + world.rows(question_id=line["id"])]
    assert [row["step"] for row in rows] == ["question", "decision"] * 3
    for row in rows:
        assert accesslog.leaf_hash(row) == row["leaf"]
        changed = {**row, "outcome": "denied" if row["outcome"] != "denied" else "allowed"}
        assert accesslog.leaf_hash(changed) != row["leaf"]


def test_salts_differ_and_times_never_go_back(world, office, person):
    manager = world.actor(office)
    for _ in range(5):
        door.open_records(manager.caller, person.key, ["insurance_card.card"], "care_planning")
    rows = world.rows(insured_key=person.key)
    assert len({row["salt"] for row in rows}) == 10
    assert sorted(rows, key=lambda row: row["id"]) == sorted(rows, key=lambda row: row["at"])


def test_rows_lie_in_the_month_of_japan(world):
    names = world.connection.execute(
        "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE inhparent = 'care.access_log'::regclass"
    ).fetchall()
    month = dt.datetime.now(dt.timezone(dt.timedelta(hours=9))).strftime("%Y%m")
    assert f"access_log_{month}" in {name for (name,) in names}
    assert world.one("SELECT gate.ensure_partitions()") == 0


def test_events_and_purposes_are_the_databases(world):
    assert set(world.one("SELECT gate.purposes()")) == set(Purpose)
    assert all(event.label for event in Event)
    assert all(purpose.label for purpose in Purpose)
    with pytest.raises(ValueError, match="record:peek"):
        Event("record:peek")


class TestWhoOpened:
    def test_an_administrator_sees_the_openings_of_the_own_office(self, world, office, person):
        manager = world.actor(office, name="試験 太郎")
        administrator = world.actor(office, "clerk", level="administrator")
        elsewhere = world.organisation("15")
        stranger = world.actor(elsewhere, "nurse")
        door.open_records(manager.caller, person.key, ["insurance_card.card"], "care_planning")
        door.list_people(manager.caller, "care_planning")
        door.open_records(stranger.caller, person.key, ["insurance_card.card"], "service_provision")
        answer = log_acts.who_opened(administrator.caller, person.key, "inquiry")
        one, folded = answer.rows
        assert (one.event, one.account) == ("record:open", "試験 太郎")
        assert [(look.account, look.times) for look in folded.looks] == [("試験 太郎", 1)]
        assert world.log(account_id=administrator.account_id)[0]["action"] == "log:read"

    def test_nobody_else_does(self, world, office, person):
        manager = world.actor(office)
        answer = log_acts.who_opened(manager.caller, person.key, "inquiry")
        assert answer.rows == ()
        assert answer.person == ""
        assert not answer.is_allowed
        decisions = world.log(account_id=manager.account_id)[-1]["decisions"]
        assert decisions == ["-log:read|role:not_administrator"]

    def test_nor_an_administrator_of_an_office_that_never_had_the_person(self, world, person):
        administrator = world.actor(world.organisation("43"), level="administrator")
        answer = log_acts.who_opened(administrator.caller, person.key, "inquiry")
        assert answer.rows == ()
        assert "assignment:none" in world.log(account_id=administrator.account_id)[-1]["decisions"][0]

    def test_the_insurer_sees_all_openings_of_its_insured(self, world, office, person):
        manager = world.actor(office)
        door.open_records(manager.caller, person.key, ["insurance_card.card"], "care_planning")
        city = world.organisation(kind="municipality", number=person.insurer_no)
        officer = world.actor(city, "municipal_officer", level="administrator")
        answer = log_acts.who_opened(officer.caller, person.key, "insurer_duty")
        assert {row.organisation for row in answer.rows} == {office.name}

    def test_still_after_the_assignment_has_ended(self, world, office, person):
        administrator = world.actor(office, level="administrator")
        door.open_records(administrator.caller, person.key, ["insurance_card.card"], "care_planning")
        world.run("UPDATE care.assignment SET ended_at = %s WHERE insured_key = %s", hours(-0.1), person.key)
        assert len(log_acts.who_opened(administrator.caller, person.key, "inquiry").rows) == 1


def test_answers_are_json_a_machine_can_read(world, office, person):
    manager = world.actor(office)
    answer = json.loads(door.open_records(manager.caller, person.key, ["careplan.plan"], "care_planning"))
    assert set(answer) == {"log", "at", "outcome", "purpose", "standing", "caller", "person", "basis", "items"}
