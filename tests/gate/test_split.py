"""A shape that can be split by persons later: what lies together, who decides with what, whose numbers are whose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from kiban.gate import installation
from kiban.ops import database
from kiban.ops.database import Role
from tests.gate.acts import register, sees
from tests.world import days

pytestmark = pytest.mark.database


def test_care_and_the_rest_refer_to_nothing_of_each_other(world):
    """No foreign key from ``care`` to anything, none into it."""
    found = world.connection.execute(
        """SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f'
              AND (connamespace = 'care'::regnamespace
                   OR confrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'care'::regnamespace))"""
    ).fetchall()
    assert found == []


def test_nor_does_a_view_a_default_a_check_or_a_trigger(world):
    """What the database itself knows to depend on each other, but for the bodies of the gate's functions."""
    found = world.connection.execute(
        """WITH rels AS (SELECT oid, relnamespace::regnamespace::text AS room FROM pg_class),
                uses (user_of, used) AS (
             SELECT r.ev_class, d.refobjid FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid
              WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
             UNION ALL
             SELECT a.adrelid, d.refobjid FROM pg_depend AS d JOIN pg_attrdef AS a ON a.oid = d.objid
              WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass)
           SELECT user_of::regclass::text, used::regclass::text
             FROM uses JOIN rels AS a ON a.oid = user_of JOIN rels AS b ON b.oid = used
            WHERE (a.room = 'care') <> (b.room = 'care')"""
    ).fetchall()
    assert found == []
    triggers = world.connection.execute(
        """SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid
            WHERE c.relnamespace = 'care'::regnamespace"""
    ).fetchall()
    assert triggers == []


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


class TestWhoDecides:
    """The caller's context is an argument of what decides; nobody but the gate itself can hand one over."""

    def test_each_takes_the_context_first(self, world):
        found = dict(world.connection.execute(
            """SELECT proname, proargtypes[0]::regtype::text FROM pg_proc
                WHERE pronamespace = 'gate'::regnamespace AND proname LIKE 'decide\\_%'"""
        ).fetchall())  # fmt: skip
        assert found.pop("decide_open") == "gate.ticket"  # has it from the question's row itself
        assert len(found) > 30
        assert set(found.values()) == {"gate.context"}

    @pytest.mark.parametrize("role", [Role.WEB, Role.WORKER])
    def test_who_can_name_a_context_or_a_row_can_call_nothing_with_it(self, world, role):
        found = world.connection.execute(
            """SELECT proname FROM pg_proc
                WHERE pronamespace = 'gate'::regnamespace AND has_function_privilege(%s, oid, 'EXECUTE')
                  AND ('gate.context'::regtype = ANY (proargtypes)
                       OR 'care.access_log'::regtype = ANY (proargtypes))""",
            [role.value],
        ).fetchall()
        assert found == []

    def test_nothing_that_decides_looks_the_caller_up(self, world):
        found = world.connection.execute(
            """SELECT proname FROM pg_proc
                WHERE pronamespace = 'gate'::regnamespace AND proname ~ '^(decide|answer)(_|$)'
                  AND prosrc ~ '(gate\\.context\\(|gate\\.exchange_context\\(|staff_session)'"""
        ).fetchall()
        assert found == []


def test_what_counts_misses_and_uses_up_proofs_lies_outside_care(world):
    inside = world.connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'care'::regnamespace AND relname ~ '(guess|proof|miss)'"
    ).fetchall()
    assert inside == []
    office = world.organisation("43")
    manager, person = world.actor(office), world.person(world.insurer(started_on=days(-10)))
    assert register(manager, person, sex="1")[0] == "assignment:no_match"
    assert world.one("SELECT count(*) FROM gate.guess WHERE account_id = %s AND is_miss", manager.account_id) == 1
    assert world.one("SELECT to_regclass('public.assignment_cardproof') IS NOT NULL")


class TestShards:
    @pytest.fixture
    def owner(self) -> Iterator[psycopg.Connection[Any]]:
        """Whatever is changed is taken back."""
        with database.connect(Role.OWNER) as connection, connection.transaction(force_rollback=True):
            yield connection

    def next_ids(self, owner: psycopg.Connection[Any]) -> list[int]:
        names = [name for name, _, _ in owner.execute(installation.SEQUENCES).fetchall()]
        assert len(names) > 10
        return [owner.execute("SELECT nextval(%s)", [name]).fetchone()[0] for name in names]

    def test_the_first_has_the_first_numbers(self, owner):
        assert all(0 < number < 10**12 for number in self.next_ids(owner))

    def test_another_has_numbers_of_its_own(self, owner):
        owner.execute("DELETE FROM care.access_log")
        installation.give_ids(owner, 3)
        first = self.next_ids(owner)
        assert set(first) == {3 * 10**12 + 1}
        installation.give_ids(owner, 3)  # a second set-up begins nothing anew
        assert set(self.next_ids(owner)) == {3 * 10**12 + 2}

    def test_it_is_not_changed_once_something_was_asked(self, world, owner):
        manager, person = world.actor(world.organisation("43")), world.person(world.insurer())
        sees(manager, person)
        with pytest.raises(installation.OtherShardError):
            installation.give_ids(owner, 3)

    def test_a_ticket_names_its_shard_and_is_good_there_only(self, world):
        manager, person = world.actor(world.organisation("43")), world.person(world.insurer(started_on=days(-10)))
        with database.connect(Role.WEB) as web:
            ask = "SELECT gate.ask_open(%s, %s, %s::bigint, ARRAY['insurance_card.card'], 'care_planning', NULL)::text"
            (ticket,) = web.execute(ask, [manager.session, manager.fingerprint, person.key]).fetchone()
            assert ticket.startswith("(0,")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute("SELECT gate.decide_open(%s::gate.ticket)", ["(1," + ticket.removeprefix("(0,")])
            web.execute("SELECT gate.decide_open(%s::gate.ticket)", [ticket])


def test_touching_a_session_keeps_its_plan(world):
    """It is not planned anew from call to call."""
    manager = world.actor(world.organisation("43"))
    planned = []
    with database.connect(None) as superuser:
        superuser.add_notice_handler(lambda notice: planned.append(notice.message_primary))
        superuser.execute("SET plan_cache_mode = force_generic_plan")  # as ops/sql/pins.sql sets it for the caller
        (context,) = superuser.execute(
            "SELECT gate.context(%s, %s, 'care_planning')::text", [manager.session, manager.fingerprint]
        ).fetchone()
        superuser.execute("PREPARE touching (gate.context) AS SELECT gate.touch($1)")
        call = f"EXECUTE touching ('{context}')"
        superuser.execute(call)
        superuser.execute("SET log_planner_stats = on")
        superuser.execute("SET client_min_messages = log")
        superuser.execute(call)
        again = len(planned)
        superuser.execute("SELECT 1")
        assert len(planned) > again  # so that planning is seen
    assert [words for words in planned[:again] if "PLANNER" in words] == []
