"""What kiban_web can reach with any SQL at all: nothing but through the gate."""

from __future__ import annotations

import psycopg
import pytest

from kiban.gate import door
from kiban.ops import database, sqlfiles
from kiban.ops.database import Role
from kiban.web.request import Caller

pytestmark = pytest.mark.database

DENIED = (psycopg.errors.InsufficientPrivilege,)


@pytest.fixture
def opened(manager, person):
    """A care manager, and a person with a record the care manager may open."""
    return manager, person


ATTEMPTS = [
    "SELECT * FROM care.record",
    "SELECT count(*) FROM care.record",
    "SELECT content FROM care.record LIMIT 1",
    "SELECT * FROM care.person",
    "SELECT * FROM care.person_before",
    "SELECT * FROM care.consent",
    "SELECT * FROM care.assignment",
    "SELECT * FROM care.identity",
    "SELECT * FROM care.refusal",
    "SELECT * FROM care.scan",
    "SELECT * FROM care.plan_draft",
    "SELECT * FROM care.card",
    "SELECT * FROM care.emergency",
    "SELECT * FROM care.standard_fact",
    "SELECT gate.standard_due(1, NULL, now()::date)",
    "SELECT gate.standard_people(ARRAY[1::bigint], 1)",
    "INSERT INTO care.emergency (insured_key) VALUES (1)",
    "INSERT INTO assignment_emergencyrule (hours) VALUES (1)",
    "INSERT INTO assignment_emergencyswitch (organisation_id) VALUES (1)",
    "UPDATE assignment_cardproof SET used_at = NULL",
    "UPDATE assignment_policy SET months = 99",
    "SELECT gate.renew_assignment(1, 1, now()::date, 'confirmed', 1, now()::date)",
    "SELECT * FROM care.access_log",
    "SELECT * FROM care.access_log_default",
    "SELECT * FROM care.access_line",
    "SELECT idx_tup_fetch FROM pg_stat_xact_all_tables",
    "SELECT n_tup_ins FROM pg_stat_all_tables",
    "SELECT query FROM pg_stat_activity",
    "SELECT pg_current_wal_insert_lsn()",
    "SELECT pg_current_wal_lsn()",
    "SELECT pg_advisory_lock(7240105)",
    "SELECT pg_try_advisory_xact_lock(1)",
    "TABLE care.record",
    "COPY care.record TO STDOUT",
    "INSERT INTO care.access_log SELECT",
    "UPDATE care.access_log SET outcome = 'allowed'",
    "DELETE FROM care.access_log",
    "TRUNCATE care.access_log",
    "DROP TABLE care.access_log",
    "ALTER TABLE care.access_log DISABLE TRIGGER ALL",
    "INSERT INTO care.consent (insured_key) VALUES (1)",
    "UPDATE care.assignment SET viewing_to = NULL",
    "SELECT nextval('care.access_log_id')",
    "SELECT setval('care.access_log_id', 1)",
    "SELECT gate.context('a', 'b', 'c')",
    "SELECT * FROM gate.facts_of(1, 1, 1, now()::date, now())",
    "SELECT gate.decide_consent_give(NULL, 1, '{}', '{}', NULL)",
    "SELECT gate.answer_consent_read(NULL, NULL)",
    "SELECT gate.ask_as(NULL, 'record:open', 1, '{}', '{}', NULL)",
    "SELECT gate.session_seal('', 1, 1, '', now(), now(), NULL)",
    "SELECT * FROM gate.installation",
    "UPDATE gate.installation SET openings_per_minute = NULL",
    "DELETE FROM gate.guess",
    "SELECT gate.write_log(NULL)",
    "SELECT gate.redeem(NULL)",
    "SELECT gate.current_content(1, 'insurance_card.card', now()::date)",
    "SELECT gate.was_no_miss(NULL)",
    "SELECT gate.ensure_partitions()",
    "SELECT gate.store_plan(1, 1, '', 1, '{}', now()::date, '', now())",
    "SELECT gate.remove_plan(1, 1, '', 1, now()::date, '', now())",
    "SELECT gate.write_plan(1, '', 1, '{}', now()::date, '', false)",
    "SELECT gate.plan_in_force(1, '', now()::date)",
    "CREATE TABLE public.mine (a int)",
    "CREATE TEMPORARY TABLE mine (a int)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "SET ROLE kiban_owner",
    "SET ROLE kiban_worker",
    "SET SESSION AUTHORIZATION kiban_owner",
    "ALTER ROLE kiban_web SUPERUSER",
    "GRANT SELECT ON care.record TO kiban_web",
    "ALTER FUNCTION gate.answer_open SECURITY INVOKER",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/hostname')",
    "SET session_replication_role = replica",
    "LOAD 'auto_explain'",
    "INSERT INTO gate_cell (matrix_id) VALUES ('x')",
    "UPDATE gate_cell SET is_open = true",
    "INSERT INTO gate_insurerdecision (party) VALUES ('service')",
    "UPDATE registry_insurer SET started_on = '2020-01-01'",
    "UPDATE registry_organisationservice SET service_id = '43'",
    "DELETE FROM staff_account",
    "DELETE FROM staff_session",
    "DELETE FROM staff_sessionmemory",
    "UPDATE staff_session SET session_key = 'x'",
    "UPDATE staff_sessionmemory SET session_id = 'x'",
    "TRUNCATE staff_session",
    "DELETE FROM terminals_certificate",
]


@pytest.mark.parametrize("statement", ATTEMPTS)
def test_kiban_web_is_refused(web, statement):
    with pytest.raises(DENIED):
        web.execute(statement)


@pytest.mark.parametrize(
    "mode", ["ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE", "SHARE UPDATE EXCLUSIVE"]
)
def test_no_table_the_gate_reads_is_locked_against_it(world, web, mode):
    tables = [name for (name,) in world.connection.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace IN ('public'::regnamespace, 'care'::regnamespace, 'gate'::regnamespace)"
    )]  # fmt: skip
    assert len(tables) > 60
    locked = set()
    for table in tables:
        try:
            with web.transaction(force_rollback=True):
                web.execute(f"LOCK TABLE {table} IN {mode} MODE NOWAIT")
            locked.add(table)
        except DENIED:
            pass
    assert locked == MAY_BE_LOCKED


# Rows are deleted there by the pages; the gate reads none of them.
MAY_BE_LOCKED = {"axes_accessattempt", "axes_accessattemptexpiration", "axes_accesslog", "terminals_setupstep"}


def test_statistics_tell_nothing(web, opened):
    with database.connect(Role.OWNER) as owner:
        owner.execute("ANALYZE care.record, care.person")
    assert web.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'care'").fetchone() == (0,)


def test_every_right_on_care_is_the_owners_or_the_workers(world):
    rights = world.connection.execute(
        """SELECT DISTINCT grantee FROM information_schema.table_privileges WHERE table_schema = 'care'"""
    ).fetchall()
    assert {name for (name,) in rights} <= {"kiban_owner", "kiban_worker"}


def test_only_the_named_routines_may_be_called(world):
    routines = world.connection.execute(
        """SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname IN ('gate', 'care') AND has_function_privilege('kiban_web', p.oid, 'EXECUTE')"""
    ).fetchall()
    assert {name for (name,) in routines} == {
        "open_records",
        "list_people",
        "act",
        "exchange_act",
        "ask_open",
        "decide_open",
        "answer_open",
        "ask",
        "decide",
        "answer",
        "answer_list",
        "can_flush",
        "is_to_be_flushed",
        "exchange_question",
        "answer_exchange",
        "answer_exchange_state",
        "answer_exchange_receipts",
        "exchange_drafts",
        "exchange_box",
        "exchange_month",
        "exchange_unit",
        "own_exchange_due",
        "own_exchange_unseen",
        "own_assignment_due",
        "own_hidden_papers",
        "own_standard_due",
        "end_sessions",
        "witnessed_head",
        "witness",
    }


PINNED = {
    "search_path=pg_catalog, pg_temp",
    "standard_conforming_strings=on",
    "debug_print_parse=off",
    "debug_print_rewritten=off",
    "debug_print_plan=off",
    "DateStyle=iso, ymd",
    "plan_cache_mode=force_generic_plan",
}


def test_definer_functions_pin_what_a_caller_can_set(world):
    found = world.connection.execute(
        "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'gate'::regnamespace AND prosecdef"
    ).fetchall()
    assert len(found) > 15
    assert {name: PINNED - set(config or ()) for name, config in found if not set(config or ()) >= PINNED} == {}


def test_no_pattern_that_guards_something_depends_on_how_strings_are_read(world):
    found = world.connection.execute(
        r"SELECT proname FROM pg_proc WHERE pronamespace = 'gate'::regnamespace AND prosrc LIKE '%%\\d%%'"
    ).fetchall()
    assert found == []


def test_setting_the_grants_again_changes_nothing(world):
    def rights():
        return world.connection.execute(
            """SELECT relname, relacl::text FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
                WHERE nspname IN ('public', 'care', 'gate') ORDER BY nspname, relname"""
        ).fetchall()

    def set_grants():
        with world.connection.transaction():
            world.connection.execute(sqlfiles.read("ops", "grants.sql").encode())

    set_grants()
    before = rights()
    set_grants()
    assert rights() == before


class TestTickets:
    """Ask, decide and answer may be called singly: each needs the row of the one before, committed and fresh."""

    ASK = "SELECT gate.ask_open(%s, %s, %s, ARRAY['insurance_card.card'], 'care_planning', NULL)::text"
    DECIDE = "SELECT gate.decide_open(%s::gate.ticket)::text"
    ANSWER = "SELECT gate.answer_open(%s::gate.ticket)"

    def ask(self, web, manager, person):
        return web.execute(self.ASK, [manager.session, manager.fingerprint, person.key]).fetchone()

    def decide(self, web, opened):
        return web.execute(self.DECIDE, self.ask(web, *opened)).fetchone()

    def test_asked_decided_and_committed_is_answered(self, web, opened):
        assert "care_level" in web.execute(self.ANSWER, self.decide(web, opened)).fetchone()[0]

    def test_a_question_alone_is_not_answered(self, web, opened):
        with pytest.raises(DENIED):
            web.execute(self.ANSWER, self.ask(web, *opened))

    def test_a_question_not_committed_is_not_decided(self, web, opened, world):
        manager, person = opened
        with pytest.raises(psycopg.errors.InvalidTransactionState), web.transaction():
            web.execute(self.DECIDE, self.ask(web, manager, person))
        assert world.rows(insured_key=person.key) == []

    def test_a_decision_not_committed_is_not_answered(self, web, opened, world):
        manager, person = opened
        ticket = self.ask(web, manager, person)
        with pytest.raises(psycopg.errors.InvalidTransactionState), web.transaction():
            web.execute(self.ANSWER, web.execute(self.DECIDE, ticket).fetchone())
        assert [row["step"] for row in world.rows(insured_key=person.key)] == ["question"]

    def test_not_even_from_inside_one_statement(self, web, opened, world):
        manager, person = opened
        with pytest.raises(psycopg.errors.InvalidTransactionState):
            web.execute(
                """SELECT gate.answer_open(gate.decide_open(gate.ask_open(
                       %s, %s, %s, ARRAY['insurance_card.card'], 'care_planning', NULL)))::int""",
                [manager.session, manager.fingerprint, person.key],
            )
        assert world.log(insured_key=person.key) == []

    def test_nor_from_a_savepoint_that_was_taken_back(self, web, opened):
        question = self.ask(web, *opened)
        with pytest.raises(psycopg.errors.InvalidTransactionState), web.transaction():
            with web.transaction(force_rollback=True):
                web.execute(self.DECIDE, question)
            web.execute(self.DECIDE, question)

    def test_the_procedure_refuses_a_transaction(self, web, opened, world):
        manager, person = opened
        with pytest.raises(psycopg.errors.InvalidTransactionTermination), web.transaction():
            web.execute(
                "CALL gate.open_records(%s, %s, %s, ARRAY['insurance_card.card'], 'care_planning', NULL)",
                [manager.session, manager.fingerprint, person.key],
            )
        assert world.log(insured_key=person.key) == []

    def test_decided_once(self, web, opened, world):
        manager, person = opened
        question = self.ask(web, manager, person)
        tickets = {web.execute(self.DECIDE, question).fetchone() for _ in range(3)}
        assert len(tickets) == 1
        assert [row["step"] for row in world.rows(insured_key=person.key)] == ["question", "decision"]

    def test_what_others_have_written_and_not_committed_stops_nobody(self, web, opened, world):
        """Only a commit flushes by itself: the position waited for may lie behind somebody's open transaction."""
        with world.connection.transaction():
            ticket = self.ask(web, *opened)
            for statement in (self.DECIDE, self.ANSWER):
                world.run("SELECT pg_logical_emit_message(false, 'test', 'written and left')")
                ticket = web.execute(statement, ticket).fetchone()
        assert "care_level" in ticket[0]

    def test_somebody_elses_row_is_not_answered(self, web, opened):
        (ticket,) = self.decide(web, opened)
        guessed = ticket[: ticket.index('"\\\\x')] + '"\\\\x' + "00" * 16 + '")'
        with pytest.raises(DENIED):
            web.execute(self.ANSWER, [guessed])

    def test_a_ticket_of_another_kind_is_not_answered(self, web, opened):
        ticket = self.decide(web, opened)
        with pytest.raises(DENIED):
            web.execute("SELECT gate.answer_list(%s::gate.ticket)", ticket)

    @pytest.mark.parametrize("step", ["decide", "answer"])
    def test_an_old_ticket_is_good_for_nothing(self, web, opened, world, step):
        (ticket,) = self.ask(web, *opened) if step == "decide" else self.decide(web, opened)
        number = int(ticket.split(",")[3])
        world.run("UPDATE care.access_log SET at = at - interval '2.1 seconds' WHERE id = %s", number)
        older = world.one("SELECT ROW(shard, insured_key, at, id, salt)::gate.ticket::text FROM care.access_log"
                          " WHERE id = %s", number)  # fmt: skip
        with pytest.raises(psycopg.errors.QueryCanceled):
            web.execute(self.DECIDE if step == "decide" else self.ANSWER, [older])

    def test_the_answer_cannot_widen_what_was_asked(self, web, opened, world):
        _, person = opened
        other = world.person(person.insurer_no)
        world.record(other, "insurance_card.card", {"care_level": "25"})
        (ticket,) = self.decide(web, opened)
        with pytest.raises(DENIED):
            web.execute(self.ANSWER, [ticket.replace(str(person.key), str(other.key))])


def test_the_door_refuses_a_transaction(opened):
    from django.db import transaction

    manager, person = opened
    with pytest.raises(RuntimeError), transaction.atomic():
        door.open_records(manager.caller, person.key, ["insurance_card.card"], "care_planning")


def test_a_stolen_copy_of_the_session_table_opens_nothing(web, opened):
    manager, person = opened
    (hashed,) = web.execute(
        "SELECT session_key FROM staff_session WHERE account_id = %s", [manager.account_id]
    ).fetchone()
    answer = door.open_records(
        Caller(hashed, manager.fingerprint), person.key, ["insurance_card.card"], "care_planning"
    )
    assert '"account:no_session"' in answer
