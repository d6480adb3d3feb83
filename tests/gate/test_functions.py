"""The gate's functions are code: set-up puts them in place as a whole, and only when they are other ones."""

from __future__ import annotations

import psycopg
import pytest

from kiban.ops import database, database_health, provision, sqlfiles
from kiban.ops.database import Role
from kiban.ops.room import State
from tests.gate.acts import give, register, sees
from tests.world import days

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _as_they_were():
    """Whatever a test leaves behind, the next one finds the product's functions."""
    yield
    provision.set_functions_and_grants()


def functions(world) -> dict[str, int]:
    """Every routine of the gate, by its address, with its identity in the database."""
    rows = world.connection.execute(
        "SELECT oid::regprocedure::text, oid FROM pg_proc WHERE pronamespace = 'gate'::regnamespace"
    ).fetchall()
    return dict(rows)


def rights(world) -> set[str]:
    rows = world.connection.execute(
        """SELECT oid::regprocedure::text FROM pg_proc
            WHERE pronamespace = 'gate'::regnamespace AND has_function_privilege('kiban_web', oid, 'EXECUTE')"""
    ).fetchall()
    return {name for (name,) in rows}


def test_nothing_is_done_when_they_are_there(world):
    before = functions(world)
    assert not provision.set_functions_and_grants()
    assert functions(world) == before


def mark(world) -> str:
    return world.one("SELECT obj_description('gate'::regnamespace, 'pg_namespace')")


def as_of_an_older_version(world) -> None:
    """What an upgrade finds: other bodies, a function fewer, one that is no more, and another mark."""
    world.run("COMMENT ON SCHEMA gate IS 'functions of long ago'")
    world.run("CREATE OR REPLACE FUNCTION gate.hindrance(c gate.context, p_key bigint) RETURNS text "
              "LANGUAGE sql AS $$ SELECT NULL::text $$")  # fmt: skip
    world.run("DROP FUNCTION gate.decide_emergency_switch")
    world.run("CREATE FUNCTION gate.of_long_ago(p_key bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$")
    world.run("GRANT EXECUTE ON FUNCTION gate.of_long_ago TO kiban_web")


def test_an_older_databases_functions_are_replaced_as_a_whole(world):
    person = world.person(world.insurer(started_on=days(-10)))
    manager = world.actor(world.organisation("43"))
    names, callable_ones = functions(world), rights(world)
    assert give(manager, person) == "assignment:none"
    as_of_an_older_version(world)
    assert give(manager, person) == "ok"  # the older version's rule
    assert provision.set_functions_and_grants()
    assert set(functions(world)) == set(names)
    assert rights(world) == callable_ones
    assert give(manager, person) == "assignment:none"  # on the connection that has called the older one
    assert register(manager, person)[0] == "ok"
    assert sees(manager, person) == "allowed"
    assert not provision.set_functions_and_grants()


def test_a_body_changed_by_hand_is_put_right(world):
    """Nothing but the database's own text says that somebody replaced a function behind the product's back."""
    body = world.one("SELECT prosrc FROM pg_proc WHERE oid = 'gate.administers'::regproc")
    before = world.one("SELECT pg_get_functiondef('gate.administers'::regproc)")
    world.run(
        "CREATE OR REPLACE FUNCTION gate.administers(p_level text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true"
    )
    assert world.one("SELECT pg_get_functiondef('gate.administers'::regproc)") != before
    assert database_health.functions(world.connection).state is State.BAD
    assert provision.set_functions_and_grants()
    assert database_health.functions(world.connection).state is State.OK
    assert world.one("SELECT pg_get_functiondef('gate.administers'::regproc)") == before
    assert world.one("SELECT prosrc FROM pg_proc WHERE oid = 'gate.administers'::regproc") == body


def test_a_function_added_or_taken_away_by_hand_is_put_right(world):
    before = set(functions(world))
    world.run("CREATE FUNCTION gate.everything() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$")
    assert provision.set_functions_and_grants()
    assert set(functions(world)) == before
    world.run("DROP FUNCTION gate.decide_handover_withdraw")
    assert provision.set_functions_and_grants()
    assert set(functions(world)) == before


def test_rights_given_by_hand_are_taken_away(world):
    world.run("GRANT EXECUTE ON ALL ROUTINES IN SCHEMA gate TO kiban_web")
    world.run("GRANT SELECT ON care.emergency, care.scan TO kiban_web")
    provision.set_functions_and_grants()
    with database.connect(Role.WEB) as web:
        for statement in ("SELECT gate.touch(NULL)", "SELECT * FROM care.emergency", "SELECT content FROM care.scan"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(statement)


def test_half_an_upgrade_is_none(world, monkeypatch):
    """What fails in the middle leaves functions and rights as they were."""
    before, allowed, marked = functions(world), rights(world), mark(world)
    with monkeypatch.context() as patched, pytest.raises(psycopg.errors.DivisionByZero):
        patched.setattr(sqlfiles, "functions", lambda: "CREATE FUNCTION gate.one() RETURNS int RETURN 1; SELECT 1/0")
        provision.set_functions_and_grants()
    assert (functions(world), rights(world), mark(world)) == (before, allowed, marked)


def test_every_routine_kiban_web_cannot_call_is_refused(world):
    """Not by a list: whatever stands in the schema and is not granted."""
    allowed = rights(world)
    with database.connect(Role.WEB) as web:
        for name in set(functions(world)) - allowed:
            routine, _, arguments = name.partition("(")
            count = len([part for part in arguments.rstrip(")").split(",") if part])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(f"SELECT {routine}({', '.join(['NULL'] * count)})")
    assert len(set(functions(world)) - allowed) > 20
