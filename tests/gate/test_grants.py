"""What kiban_web can reach with any SQL at all: nothing but through the gate."""

from __future__ import annotations

import psycopg
import pytest

from kiban.gate import door
from kiban.ops import database, sqlfiles
from kiban.ops.database import Role
from kiban.web.request import Caller
from tests.world import World, days

pytestmark = pytest.mark.database

DENIED = (psycopg.errors.InsufficientPrivilege,)


@pytest.fixture
def web():
    with database.connect(Role.WEB) as connection:
        yield connection


@pytest.fixture
def opened(world: World):
    """A person with a record a care manager may open, and the manager."""
    insurer = world.insurer(started_on=days(-10))
    office = world.organisation("43")
    manager = world.actor(office)
    person = world.person(insurer)
    world.in_charge(person, office)
    world.consent(person)
    world.record(person, "insurance_card.card", {"care_level": "23"})
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
    "INSERT INTO care.emergency (insured_key) VALUES (1)",
    "INSERT INTO assignment_emergencyrule (hours) VALUES (1)",
    "INSERT INTO assignment_emergencyswitch (organisation_id) VALUES (1)",
    "UPDATE assignment_cardproof SET used_at = NULL",
    "UPDATE assignment_policy SET months = 99",
    "SELECT gate.renew_assignment(1, 1, now()::date, 'confirmed', 1, now()::date)",
    "SELECT * FROM care.access_log",
    "SELECT * FROM care.access_log_default",
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
    "SELECT * FROM gate.decide(1, ARRAY['insurance_card.card'], 1, '', '', '{}', '', '', 1, now()::date, now())",
    "SELECT gate.write_log(NULL)",
    "SELECT gate.redeem(NULL, 'record:open')",
    "SELECT gate.current_content(1, 'insurance_card.card', now()::date)",
    "SELECT gate.note('record:open', NULL, 1, NULL)",
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
    "DELETE FROM terminals_certificate",
]


@pytest.mark.parametrize("statement", ATTEMPTS)
def test_kiban_web_is_refused(web, statement):
    with pytest.raises(DENIED):
        web.execute(statement)


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
        "who_opened",
        "ask_open",
        "answer_open",
        "ask_list",
        "answer_list",
        "ask_log",
        "answer_log",
        "read",
        "ask_read",
        "answer_read",
        "give_consent",
        "withdraw_consent",
        "refuse_consent",
        "record_other_consent",
        "withdraw_other_consent",
        "attach_scan",
        "register_assignment",
        "end_assignment",
        "continue_assignments",
        "offer_handover",
        "withdraw_offer",
        "grant_assignment",
        "revoke_assignment",
        "exchange_stage",
        "exchange_drafts",
        "exchange_objections",
        "exchange_send",
        "exchange_withdraw",
        "exchange_vouch",
        "exchange_settle",
        "exchange_box",
        "exchange_month",
        "exchange_unit",
        "own_exchange_due",
        "ask_exchange",
        "answer_exchange",
        "answer_exchange_state",
        "answer_exchange_receipts",
        "exchange_query",
        "exchange_reply",
        "ask_exchange_queries",
        "answer_exchange_queries",
        "put_plan",
        "keep_plan_draft",
        "mark_plan",
        "withdraw_plan",
        "open_emergency",
        "review_emergency",
        "switch_emergency",
        "own_assignment_due",
    }


def test_definer_functions_fix_their_search_path(world):
    loose = world.connection.execute(
        """SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'gate' AND p.prosecdef
              AND NOT coalesce(p.proconfig::text LIKE '%search_path=pg_catalog, pg_temp%', false)"""
    ).fetchall()
    assert loose == []


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
    """ask_* and answer_* may be called singly: asked and answered, they must still leave a trace."""

    ASK = "SELECT * FROM gate.ask_open(%s, %s, %s, ARRAY['insurance_card.card'], 'care_planning')"
    ANSWER = "SELECT gate.answer_open(ROW(%s, %s, %s, %s)::gate.ticket)"

    def ask(self, web, manager, person):
        return web.execute(self.ASK, [manager.session, manager.fingerprint, person.key]).fetchone()

    def test_asked_and_committed_is_answered(self, web, opened):
        ticket = self.ask(web, *opened)
        assert "care_level" in web.execute(self.ANSWER, ticket).fetchone()[0]

    def test_not_committed_is_not_answered(self, web, opened, world):
        manager, person = opened
        with pytest.raises(psycopg.errors.InvalidTransactionState), web.transaction():
            ticket = self.ask(web, manager, person)
            web.execute(self.ANSWER, ticket)
        assert world.log(insured_key=person.key) == []

    def test_not_even_from_inside_one_statement(self, web, opened, world):
        manager, person = opened
        with pytest.raises(DENIED):
            web.execute(
                """SELECT gate.answer_open(gate.ask_open(%s, %s, %s, ARRAY['insurance_card.card'],
                                                         'care_planning'))::int""",
                [manager.session, manager.fingerprint, person.key],
            )
        assert world.log(insured_key=person.key) == []

    def test_the_procedure_refuses_a_transaction(self, web, opened, world):
        manager, person = opened
        with pytest.raises(psycopg.errors.InvalidTransactionTermination), web.transaction():
            web.execute(
                "CALL gate.open_records(%s, %s, %s, ARRAY['insurance_card.card'], 'care_planning', NULL)",
                [manager.session, manager.fingerprint, person.key],
            )
        assert world.log(insured_key=person.key) == []

    def test_somebody_elses_row_is_not_answered(self, web, opened):
        key, at, number, _ = self.ask(web, *opened)
        with pytest.raises(DENIED):
            web.execute(self.ANSWER, [key, at, number, bytes(16)])

    def test_a_ticket_of_another_kind_is_not_answered(self, web, opened):
        ticket = self.ask(web, *opened)
        with pytest.raises(DENIED):
            web.execute("SELECT gate.answer_list(ROW(%s, %s, %s, %s)::gate.ticket)", ticket)

    def test_an_old_ticket_is_not_answered(self, web, opened, world):
        key, _at, number, salt = self.ask(web, *opened)
        world.run("UPDATE care.access_log SET at = at - interval '11 seconds' WHERE id = %s", number)
        earlier = world.one("SELECT at FROM care.access_log WHERE id = %s", number)
        with pytest.raises(DENIED):
            web.execute(self.ANSWER, [key, earlier, number, salt])

    def test_the_answer_cannot_widen_what_was_asked(self, web, opened, world):
        manager, person = opened
        other = world.person(person.insurer_no)
        world.record(other, "insurance_card.card", {"care_level": "25"})
        _, at, number, salt = self.ask(web, manager, person)
        with pytest.raises(DENIED):
            web.execute(self.ANSWER, [other.key, at, number, salt])


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
