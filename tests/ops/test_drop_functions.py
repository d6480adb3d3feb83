"""The functions of the version before are dropped whatever depends on what, and wherever their rows lie."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import psycopg
import pytest

from kiban.ops import database, provision, sqlfiles
from kiban.ops.database import Role

pytestmark = pytest.mark.database

# A chain in which each falls with the one before it: a type, what takes it, what calls that, and a name twice. Bodies
# that the server has read (RETURN) are dependencies to it; those in quotes are not.
STUBS = """
CREATE TYPE gate.first AS (key bigint);
CREATE TYPE gate.second AS (one gate.first);
CREATE DOMAIN gate.third AS bigint;
CREATE FUNCTION gate.a(x gate.first) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN 0;
CREATE FUNCTION gate.b(x gate.first) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN 0;
CREATE FUNCTION gate.b(x bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN 0;
CREATE FUNCTION gate.c(x gate.second, y gate.third) RETURNS gate.first LANGUAGE sql IMMUTABLE RETURN ROW(0);
CREATE PROCEDURE gate.p(x gate.second) LANGUAGE sql AS '';
"""
BODIES = {
    "a": "FUNCTION gate.a(x gate.first) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN (x).key",
    "b": "FUNCTION gate.b(x gate.first) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN gate.a(x)",
    "b again": "FUNCTION gate.b(x bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN gate.b(ROW(x)::gate.first)",
    "c": "FUNCTION gate.c(x gate.second, y gate.third) RETURNS gate.first LANGUAGE sql IMMUTABLE "
    "RETURN ROW(gate.b(y) + gate.a((x).one))::gate.first",
    "p": "PROCEDURE gate.p(x gate.second) BEGIN ATOMIC SELECT gate.c(x, 1::gate.third); END",
}
LEFT = """
SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = 'gate'::regnamespace)
     + (SELECT count(*) FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
         WHERE t.typnamespace = 'gate'::regnamespace AND t.typelem = 0 AND coalesce(c.relkind, 'c') = 'c')
"""


@pytest.fixture
def owner() -> Iterator[psycopg.Connection[Any]]:
    """The owner without the functions of this version; afterwards all is as it was."""
    with database.connect(Role.OWNER) as connection, connection.transaction(force_rollback=True):
        connection.execute(provision.DROP_FUNCTIONS)
        connection.execute(STUBS)
        yield connection


@pytest.mark.parametrize("order", list(permutations(BODIES)), ids="-".join)
def test_they_fall_in_every_order(owner, order):
    for name in order:  # each writes its row of pg_proc anew, behind the others
        owner.execute(f"CREATE OR REPLACE {BODIES[name]}".encode())
    owner.execute(provision.DROP_FUNCTIONS)
    assert owner.execute(LEFT).fetchone() == (0,)


def test_nothing_falls_with_them_that_is_not_the_gates(owner):
    """A column of a type, a default, a view: with CASCADE they would be gone without a word."""
    for other in (
        "TABLE care.of_others (key gate.third)",
        "TABLE care.of_others (key bigint DEFAULT gate.b(1))",
        "VIEW care.of_others AS SELECT gate.b(1)",
    ):
        with owner.transaction(force_rollback=True):
            owner.execute(f"CREATE {other}".encode())
            with pytest.raises(psycopg.errors.DependentObjectsStillExist), owner.transaction():
                owner.execute(provision.DROP_FUNCTIONS)
            assert owner.execute("SELECT count(*) FROM care.of_others").fetchone() is not None


def test_set_up_says_who_keeps_them(monkeypatch):
    monkeypatch.setattr(sqlfiles, "functions", lambda: "CREATE FUNCTION gate.one() RETURNS int RETURN 1")
    with database.connect(Role.OWNER) as connection:
        connection.execute("CREATE VIEW care.of_others AS SELECT gate.purposes()")
        try:
            with pytest.raises(provision.UnsuitableServerError, match=r"(?s)kiban setup.*care\.of_others"):
                provision.set_functions_and_grants()
        finally:
            connection.execute("DROP VIEW care.of_others")
