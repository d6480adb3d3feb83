"""With any SQL as the web role nothing about a person is learned without a trace that survives.

What a step leaves behind when it is taken back (counters, sizes of the write-ahead log, limits that count) speaks of
nothing that a committed row does not already name.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DataError, IntegrityError, connection

from kiban.gate import door, undecided
from kiban.gate.events import Event
from kiban.log import acts as log_acts
from kiban.ops import database, embedded
from kiban.staff.models import Account, Session, SessionMemory
from kiban.staff.sign_in.sessions import ACCOUNT, SessionStore, hashed
from kiban.terminals.models import Certificate
from kiban.web.request import Caller
from tests.gate.acts import PURPOSE, four, register, sees
from tests.world import Actor, World, days, hours

pytestmark = pytest.mark.database

ASK = "gate.ask(%s, %s, 'care_planning', %s, %s::bigint, %s::jsonb, '{}', NULL)"
ASK_OPEN = "gate.ask_open(%s, %s, %s::bigint, ARRAY['insurance_card.card'], 'care_planning', NULL)"
DECIDE = "SELECT gate.decide(%s::gate.ticket, %s::jsonb, '{}')::text"


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
        "session_key, expire_date, account_id, employment_id, certificate_fingerprint, second_factor_at, seen_at, seal"
    )

    def test_an_inserted_session_opens_nothing_and_blames_nobody(self, web, world, manager, person):
        web.execute(
            f"INSERT INTO staff_session ({self.COLUMNS}) SELECT encode(sha256('made up'), 'hex'),"
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
        door.open_records(manager.caller, person.key, ["insurance_card.card"], PURPOSE)
        with psycopg.Cursor(connection.connection) as cursor:
            prepared = cursor.execute("SELECT statement FROM pg_prepared_statements").fetchall()
        assert any("gate.open_records" in statement for (statement,) in prepared)
        with database.connect(None) as superuser:
            activity = superuser.execute("SELECT coalesce(query, '') FROM pg_stat_activity").fetchall()
        for secret in (manager.session, manager.fingerprint, str(person.key), person.insured_no):
            assert not any(secret in statement for (statement,) in prepared + activity)

    def test_nor_in_the_pages_own_statements(self, world, manager, person):
        """Django's, as sign-in and every request run them: the session and the terminal looked up above all."""
        key = hashed(manager.session)
        login_id = world.one("SELECT login_id FROM staff_account WHERE id = %s", manager.account_id)
        statements = {
            key: lambda: SessionStore(manager.session).load(),
            manager.fingerprint: lambda: Certificate.objects.filter(fingerprint=manager.fingerprint).first(),
            login_id: lambda: Account.objects.filter(login_id=login_id).first(),
            "試験 新しい名": lambda: Account.objects.filter(pk=manager.account_id).update(name="試験 新しい名"),
            "一度だけの言葉": lambda: SessionMemory.objects.filter(pk=key).update(data="一度だけの言葉"),
        }
        with database.connect(None) as superuser:
            for secret, run in statements.items():
                run()
                pid = connection.connection.info.backend_pid
                (shown,) = superuser.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
                assert "$1" in shown
                assert secret not in shown

    def test_nor_of_those_in_the_servers_log_when_one_fails(self, manager):
        if not database.is_embedded():
            pytest.skip("the log of a server of one's own is not ours to read")
        long, twice = "f" * 60 + "かぎ" * 60, {"session_id": hashed(manager.session), "data": "覚え書き"}
        with pytest.raises(DataError):
            Session.objects.create(session_key=long, expire_date=hours(1))
        with pytest.raises(IntegrityError):
            SessionMemory.objects.create(**twice)
        log = (embedded.pgdata() / "log").read_text(errors="replace")
        assert "value too long for type" in log and "staff_sessionmemory_pkey" in log
        for secret in (long, hashed(manager.session), "覚え書き"):
            assert secret not in log

    def test_nor_in_the_servers_log_when_it_fails(self, manager, person):
        if not database.is_embedded():
            pytest.skip("the log of a server of one's own is not ours to read")
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            door.open_records(manager.caller, -person.key, ["insurance_card.card"], PURPOSE)
        log = (embedded.pgdata() / "log").read_text(errors="replace")
        assert "not a person and a list of items" in log
        for secret in (manager.session, manager.fingerprint, str(person.key)):
            assert secret not in log


class TestWhatIsNotDecided:
    def later(self, world: World, actor: Actor) -> None:
        """Two minutes after."""
        world.run(
            "UPDATE care.access_log"
            " SET at = at - interval '2 minutes', question_at = question_at - interval '2 minutes'"
            " WHERE account_id = %s OR question_id IN (SELECT id FROM care.access_log WHERE account_id = %s)",
            actor.account_id,
            actor.account_id,
        )

    def test_it_is_found(self, web, world, manager, person):
        found, lists = undecided.numbers()
        web.execute(f"SELECT {ASK_OPEN}", [manager.session, manager.fingerprint, person.key])
        assert undecided.numbers() == (found, lists)  # it may still be decided
        self.later(world, manager)
        assert undecided.numbers() == (found + 1, lists)
        assert any(f"途中で終わったものが、この24時間に{found + 1}件" in one.what for one in undecided.health())
        administrator = world.actor(manager.organisation, level="administrator")
        rows = log_acts.who_opened(administrator.caller, person.key, "inquiry").rows
        assert "asked" in {row.outcome for row in rows}

    @pytest.mark.parametrize("event", [Event.PEOPLE_LIST, Event.PEOPLE_EXPORT])
    def test_a_list_that_was_never_decided_is_counted_apart(self, web, world, manager, event):
        found, lists = undecided.numbers()
        given = json.dumps({"search": "ア", "sort": "kana", "offset": 0, "limit": 50})
        who = [manager.session, manager.fingerprint, event.value, 0, given]
        question = web.execute(f"SELECT {ASK}::text", who).fetchone()
        with web.transaction(force_rollback=True):  # what it decided is taken back
            web.execute(DECIDE, [*question, given])
        self.later(world, manager)
        assert undecided.numbers() == (found + 1, lists + 1)
        assert any(f"うち、利用者の一覧・検索が{lists + 1}件" in one.what for one in undecided.health())

    @pytest.mark.parametrize("more", [0, 1], ids=["after it was decided", "before"])
    def test_a_call_that_came_again_is_none(self, web, world, manager, person, more):
        """Only one that came after the decision on the first: nothing of it could be decided, nor taken back."""
        ask = "SELECT gate.ask(%s, %s, 'care_planning', 'consent:read', %s::bigint, '{}', '{}', %s)::text"
        found, lists = undecided.numbers()
        who = [manager.session, manager.fingerprint, person.key, uuid.uuid4()]
        question = web.execute(ask, who).fetchone()
        if more:
            web.execute(ask, who)
        web.execute(DECIDE, [*question, "{}"])
        if not more:
            web.execute(ask, who)
        self.later(world, manager)
        assert undecided.numbers() == (found + more, lists)


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
