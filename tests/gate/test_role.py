"""What the role of the web process can set on itself does nothing, and is seen and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections

from kiban.ops import database, database_health, observing, provision
from kiban.ops.database import Role
from kiban.ops.room import State
from tests import cast, pages
from tests.killing.tampering import SETTINGS, set_all

pytestmark = pytest.mark.database


@pytest.fixture
def tampered() -> Iterator[None]:
    """The role has set on itself, for all later connections, that commits need not reach the disk."""
    with database.connect(Role.WEB) as web:
        web.execute("ALTER ROLE kiban_web SET synchronous_commit = off")
        web.execute(f"ALTER ROLE kiban_web IN DATABASE {database.database_name()} SET lock_timeout = '1ms'".encode())
    yield
    provision.create_roles()


def shown(connection: psycopg.Connection[Any], name: str) -> str:
    row = connection.execute(f"SHOW {name}".encode()).fetchone()
    assert row is not None
    return str(row[0])


def test_the_pages_connection_holds_to_its_own(tampered):
    with database.connect(Role.WEB) as bare:
        assert shown(bare, "synchronous_commit") == "off"  # so the attack works
    with as_a_page() as page:
        assert shown(page, "synchronous_commit") == "on"
        assert shown(page, "default_transaction_read_only") == "off"
        assert shown(page, "default_transaction_isolation") == "read committed"
        assert shown(page, "lock_timeout") == "30s"


NOT_OURS = {"timezone"}  # Django sets it when it connects
NEWER = {"transaction_timeout", "restrict_nonsystem_relation_kind"}  # pinned where the server is our own


def as_a_page() -> psycopg.Connection[Any]:
    """A connection as a page has it."""
    settings = {name: value for name, value in connections["default"].get_connection_params().items() if value}
    return psycopg.connect(**{k: v for k, v in settings.items() if k not in {"cursor_factory", "context"}})


def test_whatever_the_role_sets_on_itself_a_page_has_its_own(world, town):
    names = SETTINGS.keys() - (set() if database.is_embedded() else NEWER)
    with as_a_page() as page:
        before = {name: shown(page, name) for name in names - NOT_OURS}
    with database.connect(Role.WEB) as web:
        set_all(web, database.database_name(), names)
    try:
        with pytest.raises(psycopg.OperationalError, match="nowhere"):
            database.connect(Role.WEB)  # so the attack works
        with as_a_page() as page:
            assert {name: shown(page, name) for name in names - NOT_OURS} == before
        assert database_health.reach() is None  # what "kiban serve" asks before it begins
        connections["default"].close()
        assert cast.browser(town.manager).get(pages.page(town.person)).status_code == 200
    finally:
        provision.create_roles()
        connections["default"].close()


def test_doctor_says_so_and_set_up_takes_it_back(world, tampered):
    found = database_health.settings_of_roles(world.connection)
    assert found.state is State.BAD
    assert "synchronous_commit=off" in found.what
    provision.create_roles()
    assert database_health.settings_of_roles(world.connection).state is State.OK
    with database.connect(Role.WEB) as bare:
        assert shown(bare, "synchronous_commit") == "on"


def test_the_web_role_does_not_take_all_connections(world):
    most = world.one("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'kiban_web'")
    assert 0 < most < int(world.one("SHOW max_connections"))


# By which somebody sees what others do, or what an undone transaction did: kinds of things, not names.
LOOKING = r"""
SELECT p.oid::regprocedure::text FROM pg_proc AS p
 WHERE p.pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege('kiban_web', p.oid, 'EXECUTE')
   AND (p.proname ~ '(stat_get|_stat_|advisory|_size$|_lock_|blocking|_backend$|sequence_last_value|prepared_xact)'
        OR p.provolatile <> 'i' AND ('pg_lsn'::regtype = p.prorettype
                                     OR 'pg_lsn'::regtype::oid = ANY (coalesce(p.proallargtypes, '{}')))
           AND NOT p.prosrc ~ '(replication|subscription|wal_summar|backup|slot|walfile)')
"""
HARMLESS = {'pg_column_size("any")'}  # the size of a value somebody has anyway


def test_the_web_role_cannot_watch_others(world):
    found = {name for (name,) in world.connection.execute(LOOKING)}
    assert found - HARMLESS == set()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_relation_size(oid) FROM pg_class WHERE relname = 'person'",
        "SELECT reltuples FROM pg_class WHERE relname = 'person'",
        "SELECT relpages FROM pg_class WHERE relname = 'person'",
        "SELECT * FROM pg_class",
        "SELECT * FROM pg_locks",
        "SELECT * FROM pg_statistic",
        "SELECT pg_logical_emit_message(false, '', '')",
        "SELECT pg_logical_emit_message(true, '', '')",
        "SELECT last_value FROM care.access_log_id",
        "SELECT pg_sequence_last_value(oid) FROM pg_class WHERE relname = 'access_log_id'",
        "SELECT pg_terminate_backend(0)",
    ],
)
def test_not_by_these_either(world, statement):
    with database.connect(Role.WEB) as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(statement.encode())


def test_estimates_of_care_are_nobodys(world):
    """A table's name is public, as the code is; how much it holds is not."""
    with database.connect(Role.WEB) as web:
        found = web.execute("SELECT relname FROM pg_class WHERE relname = 'access_log_id'").fetchall()
        assert found == [("access_log_id",)]
        assert web.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'care'").fetchone() == (0,)


def test_doctor_says_whether_the_web_role_can_watch(world):
    assert database_health.observed(world.connection).state is State.OK
    for given in ("EXECUTE ON FUNCTION pg_current_wal_insert_lsn()", "SELECT ON pg_class"):
        with database.connect(None) as superuser:
            superuser.execute(f"GRANT {given} TO PUBLIC".encode())
            try:
                assert database_health.observed(world.connection).state is State.CAUTION
            finally:
                observing.close_eyes(superuser)
    assert database_health.observed(world.connection).state is State.OK


@pytest.mark.parametrize("role", list(Role))
def test_the_servers_log_does_not_keep_what_a_role_sent(role):
    """Neither the statement of an error nor the values that broke a rule; only the error's own words."""
    with database.connect(role) as connection:
        assert {name: shown(connection, name) for name in provision.SETTINGS} == provision.SETTINGS
