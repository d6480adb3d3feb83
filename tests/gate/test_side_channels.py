"""With any SQL as the web role nothing about a person is learned without a trace that survives.

What a step leaves behind when it is taken back (counters, sizes of the write-ahead log, limits that count) speaks of
nothing that a committed row does not already name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from kiban.gate import door
from kiban.gate.events import Event
from kiban.log import acts as log_acts
from kiban.ops import database
from kiban.ops.database import Role
from kiban.web.request import Caller
from tests.gate.acts import PURPOSE, four, give, register, sees
from tests.world import Actor, Person, World, days, hours

pytestmark = pytest.mark.database

ASK = "gate.ask(%s, %s, 'care_planning', %s, %s::bigint, %s::jsonb, '{}', NULL)"
ASK_OPEN = "gate.ask_open(%s, %s, %s::bigint, ARRAY['insurance_card.card'], 'care_planning', NULL)"
DECIDE = "SELECT gate.decide(%s::gate.ticket, %s::jsonb, '{}')::text"


@pytest.fixture
def web() -> Iterator[psycopg.Connection[Any]]:
    with database.connect(Role.WEB) as connection:
        yield connection


@pytest.fixture
def manager(world: World) -> Actor:
    return world.actor(world.organisation("43"))


@pytest.fixture
def person(world: World, manager: Actor) -> Person:
    """Somebody about whom everything is known."""
    made = world.person(world.insurer(started_on=days(-10)))
    register(manager, made)
    give(manager, made)
    world.record(made, "insurance_card.card", {"care_level": "23"})
    return made


class TestAsking:
    """The question touches no table about persons: there is nothing for a counter, a plan or a size to tell."""

    COUNTED = """SELECT relname FROM pg_stat_xact_all_tables
                  WHERE schemaname = 'care' AND relname NOT LIKE 'access_log%%'
                    AND coalesce(seq_scan, 0) + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd > 0"""

    def touched(self, statement: str, parameters: list[Any]) -> set[str]:
        """Tables about persons that a statement touches, as its own transaction would see it."""
        with database.connect(None) as superuser, superuser.transaction(force_rollback=True):
            superuser.execute(f"SELECT {statement}", parameters)
            return {name for (name,) in superuser.execute(self.COUNTED)}

    @pytest.mark.parametrize("session", ["right", "none"])
    def test_an_opening_touches_no_person(self, manager, person, session):
        cookie = manager.session if session == "right" else "nobody"
        assert self.touched(ASK_OPEN, [cookie, manager.fingerprint, person.key]) == set()

    @pytest.mark.parametrize("event", [event for event in Event if event is not Event.RECORD_OPEN])
    def test_nor_does_anything_else_that_is_asked(self, manager, person, event):
        given = {"search": "シケン", "number": 1, "insured_no": person.insured_no, "insurer_no": person.insurer_no}
        parameters = [manager.session, manager.fingerprint, event.value, person.key, json.dumps(given)]
        assert self.touched(ASK, parameters) == set()

    def test_the_counters_would_have_told(self, person):
        """The same look at what decides, to prove that the look sees."""
        assert "consent" in self.touched("gate.newest_consent(%s)", [person.key])

    def test_the_size_of_what_is_written_is_the_same_for_somebody_and_nobody(self, web, manager, person):
        sizes = []
        for key in (person.key, person.key + 5_000_000_000):
            plan = []
            for _ in range(5):  # the least: without pages written whole
                with web.transaction(force_rollback=True):
                    rows = web.execute(
                        f"EXPLAIN (ANALYZE, WAL, BUFFERS, FORMAT JSON) SELECT {ASK_OPEN}",
                        [manager.session, manager.fingerprint, key],
                    ).fetchone()[0]
                plan.append(rows[0]["Plan"])
            sizes.append(min((one["WAL Records"], one["WAL Bytes"]) for one in plan if not one["WAL FPI"]))
        assert sizes[0] == sizes[1]


class TestGuessing:
    """The try is counted before it is compared, in a row that a rollback does not reach."""

    def test_a_comparison_taken_back_was_a_miss(self, web, world, manager):
        person = world.person(world.insurer(started_on=days(-10)))
        items = four(person, sex="1")
        given = json.dumps(
            {
                "insurer_no": items.insurer_no,
                "insured_no": items.insured_no,
                "birth": str(items.birth),
                "sex": items.sex,
                "method": "four_items",
                "place": "office",
                "capacity": "plan",
                "viewing_from": str(days(0)),
            }
        )
        for _ in range(10):
            who = [manager.session, manager.fingerprint, Event.ASSIGNMENT_REGISTER.value, 0, given]
            question = web.execute(f"SELECT {ASK}::text", who).fetchone()
            with web.transaction(force_rollback=True):
                web.execute(DECIDE, [*question, given])
        assert register(manager, person)[0] == "assignment:too_many_misses"
        lines = world.log(account_id=manager.account_id)
        assert [line["outcome"] for line in lines] == ["asked"] * 10 + ["denied"]


class TestLists:
    def test_a_search_stands_in_no_row_and_cannot_be_exchanged_for_another(self, web, world, person):
        city = world.organisation(kind="municipality", number=person.insurer_no)
        officer = world.actor(city, "municipal_officer")
        given = {"search": "シケンハナコ", "sort": "kana", "offset": 0, "limit": 50}
        who = [officer.session, officer.fingerprint, Event.PEOPLE_LIST.value, 0, json.dumps(given)]
        question = web.execute(f"SELECT {ASK}::text", who).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(DECIDE, [*question, json.dumps(given | {"search": "ア"})])
        (line,) = world.log(account_id=officer.account_id)
        assert (line["outcome"], line["action"]) == ("asked", "people:list")  # a list was asked, and never decided
        assert "シケン" not in str(line)

    def test_a_limit_is_read_as_it_was_given_whatever_strings_are(self, web, world, manager, person):
        administrator = world.actor(manager.organisation, level="administrator")
        for _ in range(3):
            sees(manager, person)
        web.execute("SET standard_conforming_strings = off")
        web.execute("SET DateStyle = 'German'")
        caller = administrator.caller
        told = web.execute(
            "CALL gate.act(%s, %s, 'inquiry', 'log:read', %s::bigint, '{\"limit\": 1}', '{}', NULL, NULL)",
            [caller.session, caller.certificate, person.key],
        ).fetchone()[0]
        assert len(json.loads(told)["answer"]["rows"]) == 1


class TestSessions:
    """Nobody is signed in by a row."""

    COLUMNS = (
        "session_key, session_data, expire_date, account_id, employment_id, certificate_fingerprint,"
        " second_factor_at, seen_at, seal"
    )

    def test_an_inserted_session_opens_nothing_and_blames_nobody(self, web, world, manager, person):
        web.execute(
            f"INSERT INTO staff_session ({self.COLUMNS}) SELECT encode(sha256('made up'), 'hex'), session_data,"
            " expire_date, account_id, employment_id, certificate_fingerprint, second_factor_at, seen_at, seal"
            " FROM staff_session WHERE account_id = %s",
            [manager.account_id],
        )
        before = len(world.log(account_id=manager.account_id))
        thief = Caller("made up", manager.fingerprint)
        opening = door.open_person(thief, person.key, ["insurance_card.card"], PURPOSE)
        assert opening.standing["account"] == "no_session"
        assert len(world.log(account_id=manager.account_id)) == before

    @pytest.mark.parametrize(
        "change",
        [
            "account_id = (SELECT min(id) FROM staff_account)",
            "employment_id = NULL",
            "second_factor_at = now()",
            "expire_date = now() + interval '9 days'",
            "certificate_fingerprint = repeat('a', 64)",
            "seal = NULL",
        ],
    )
    def test_nor_is_one_that_was_changed(self, web, manager, person, change):
        assert sees(manager, person) == "allowed"
        web.execute(f"UPDATE staff_session SET {change} WHERE account_id = %s", [manager.account_id])
        assert "account:no_session" in sees(manager, person)

    def test_a_page_knows_it_too(self, web, manager):
        from kiban.staff.sign_in.sessions import ACCOUNT, SessionStore

        assert SessionStore(manager.session).load()[ACCOUNT] == str(manager.account_id)
        web.execute(
            "UPDATE staff_session SET employment_id = (SELECT max(id) FROM staff_employment) + 0, delegation_id = NULL,"
            " expire_date = expire_date + interval '1 minute' WHERE account_id = %s",
            [manager.account_id],
        )
        assert SessionStore(manager.session).load() == {}


class TestPace:
    @pytest.fixture
    def five(self, world: World) -> Iterator[None]:
        world.run("UPDATE gate.installation SET openings_per_minute = 5")
        yield
        world.run("UPDATE gate.installation SET openings_per_minute = NULL")

    def test_who_opens_faster_than_anybody_can_is_stopped_and_found(self, world, manager, person, five):
        world.run("UPDATE care.access_log SET at = at - interval '2 minutes' WHERE session IS NOT NULL")
        answers = [sees(manager, person) for _ in range(7)]
        assert answers == ["allowed"] * 5 + ["account:too_fast", "account:locked"]
        found = world.one(
            "SELECT kind, times FROM staff_suspicion WHERE account_id = %s AND cleared_at IS NULL", manager.account_id
        )
        assert found == ("too_fast", 1)

    def test_somebody_else_goes_on(self, world, manager, person, five):
        colleague = world.actor(manager.organisation)
        for _ in range(6):
            sees(manager, person)
        assert sees(colleague, person) == "allowed"


class TestWhatIsBound:
    def test_nothing_a_page_sends_stands_in_a_statement(self, world, manager, person):
        from django.db import connection

        door.open_records(manager.caller, person.key, ["insurance_card.card"], PURPOSE)
        with psycopg.Cursor(connection.connection) as cursor:
            prepared = cursor.execute("SELECT statement FROM pg_prepared_statements").fetchall()
        assert any("gate.open_records" in statement for (statement,) in prepared)
        with database.connect(None) as superuser:
            activity = superuser.execute("SELECT coalesce(query, '') FROM pg_stat_activity").fetchall()
        for secret in (manager.session, manager.fingerprint, str(person.key), person.insured_no):
            assert not any(secret in statement for (statement,) in prepared + activity)

    def test_nor_in_the_servers_log_when_it_fails(self, manager, person):
        from kiban.ops import database, embedded

        if not database.is_embedded():
            pytest.skip("the log of a server of one's own is not ours to read")
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            door.open_records(manager.caller, -person.key, ["insurance_card.card"], PURPOSE)
        log = (embedded.pgdata() / "log").read_text(errors="replace")
        assert "not a person and a list of items" in log
        for secret in (manager.session, manager.fingerprint, str(person.key)):
            assert secret not in log


class TestWhatIsNotDecided:
    def test_it_is_found(self, web, world, manager, person):
        from kiban.gate import undecided

        before = undecided.number()
        web.execute(f"SELECT {ASK_OPEN}", [manager.session, manager.fingerprint, person.key])
        assert undecided.number() == before  # it may still be decided
        world.run(
            "UPDATE care.access_log SET at = at - interval '2 minutes' WHERE account_id = %s AND step = 'question'"
            " AND id = (SELECT max(id) FROM care.access_log WHERE account_id = %s)",
            manager.account_id,
            manager.account_id,
        )
        assert undecided.number() == before + 1
        administrator = world.actor(manager.organisation, level="administrator")
        rows = log_acts.who_opened(administrator.caller, person.key, "inquiry").rows
        assert "asked" in {row.outcome for row in rows}


def test_care_and_the_rest_refer_to_nothing_of_each_other(world):
    """Persons can be split: no foreign key from ``care`` to anything, none into it."""
    found = world.connection.execute(
        """SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f'
              AND (connamespace = 'care'::regnamespace
                   OR confrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'care'::regnamespace))"""
    ).fetchall()
    assert found == []


def test_every_key_about_a_person_begins_with_the_person(world):
    found = world.connection.execute(
        """SELECT i.indexrelid::regclass::text
             FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
            WHERE c.relnamespace = 'care'::regnamespace AND i.indisunique AND c.relkind IN ('r', 'p')
              AND NOT EXISTS (SELECT 1 FROM pg_attribute AS a
                               WHERE a.attrelid = c.oid AND a.attname = 'insured_key' AND a.attnum = ANY (i.indkey))"""
    ).fetchall()
    # Units and files lie between two offices and not with a person (docs/algorithms/boxes.md).
    assert {name for (name,) in found} <= {
        f"care.exchange_{name}" for name in ("unit_pkey", "unit_once", "file_pkey", "receipt_pkey")
    }


def test_a_withdrawal_between_asking_and_deciding_counts(web, world, manager, person):
    ticket = web.execute(f"SELECT {ASK_OPEN}::text", [manager.session, manager.fingerprint, person.key]).fetchone()
    world.run("UPDATE care.consent SET withdrawn_at = %s WHERE insured_key = %s", hours(0), person.key)
    ticket = web.execute("SELECT gate.decide_open(%s::gate.ticket)::text", ticket).fetchone()
    (item,) = json.loads(web.execute("SELECT gate.answer_open(%s::gate.ticket)", ticket).fetchone()[0])["items"]
    assert item["answers"] == "consent:withdrawn"


def test_the_answer_shows_no_version_newer_than_the_decision(web, world, manager, person):
    ticket = web.execute(f"SELECT {ASK_OPEN}::text", [manager.session, manager.fingerprint, person.key]).fetchone()
    ticket = web.execute("SELECT gate.decide_open(%s::gate.ticket)::text", ticket).fetchone()
    world.record(person, "insurance_card.card", {"care_level": "25"}, history_no=2, valid_from=days(-1))
    (item,) = json.loads(web.execute("SELECT gate.answer_open(%s::gate.ticket)", ticket).fetchone()[0])["items"]
    assert [record["content"]["care_level"] for record in item["records"]] == ["23"]
