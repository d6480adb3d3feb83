"""``kiban setup`` over the database of a version before: it runs through, and what stood there still stands there.

The states are kept by ``tests/upgrade/keep.py``, rows and all; tables may since have moved and been renamed. So what is
compared are values, wherever they lie, and what people can do.
"""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from kiban.gate import accesslog
from kiban.ops import database, database_health, provision
from kiban.ops.database import Role
from kiban.ops.room import State
from tests.database import drop
from tests.gate import acts
from tests.upgrade.keep import own_tables
from tests.world import Actor, Organisation, Person, World, hours

pytestmark = pytest.mark.database

KEPT = sorted(Path(__file__).parent.glob("*.sql.xz"))
# Where the rows of pg_proc lie differs from one installation to the next. Here those that others call come first, as
# they were made (an ALTER writes the row anew, behind the others), and with statistics the server reads them so.
CALLED_FIRST = """
DO $$
DECLARE
    v_name text;
BEGIN
    FOR v_name IN SELECT oid::regprocedure FROM pg_proc
                   WHERE pronamespace = 'gate'::regnamespace AND prokind = 'f' ORDER BY oid LOOP
        EXECUTE 'ALTER FUNCTION ' || v_name || ' COST 100';
    END LOOP;
END $$;
ANALYZE pg_proc
"""
ENDED = "staff_session"  # sessions that bear no seal are over: everybody signs in once more
TELLING = 8  # characters: a shorter value is a code or a number that stands in many places


@dataclass
class Upgraded:
    """An installation that came from a version before, and what stood in it then."""

    name: str
    before: Counter[str]
    log_rows: int
    said: list[subprocess.CompletedProcess[str]] = field(default_factory=list)

    def set_up(self) -> None:
        self.said.append(
            subprocess.run(
                [sys.executable, "-m", "kiban.ops.cli", "setup"],
                env={**os.environ, "KIBAN_DATABASE": self.name},
                capture_output=True,
                text=True,
                check=False,
            )
        )


def values(connection: psycopg.Connection[Any]) -> Counter[str]:
    """Every value that can be told from others, and how often it stands in the tables of the installation."""
    found: Counter[str] = Counter()
    for table in set(own_tables(connection)) - {ENDED}:
        for (row,) in connection.execute(f"SELECT to_jsonb(t) FROM {table} AS t".encode()):
            found.update(text for text in map(str, row.values()) if len(text) >= TELLING)
    return found


@pytest.fixture(scope="module", params=KEPT, ids=lambda path: path.name)
def upgraded(request) -> Iterator[Upgraded]:
    name = f"{os.environ['KIBAN_DATABASE']}_upgraded"
    drop(name)
    provision.create_database(name)
    with database.connect(None, name) as connection:
        connection.execute(lzma.decompress(request.param.read_bytes()))
        # Whatever has become of them since: they are replaced.
        connection.execute("RESET search_path; COMMENT ON SCHEMA gate IS 'functions of a version before'")
        (log_rows,) = connection.execute("SELECT count(*) FROM care.access_log").fetchone() or (0,)
        connection.execute(CALLED_FIRST)
        made = Upgraded(name, values(connection), log_rows)
    made.set_up()
    yield made
    drop(name)


@pytest.fixture
def world(upgraded) -> Iterator[World]:
    """The upgraded installation; the web process's and the worker's connections lead there as well."""
    names = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = upgraded.name
    made = World(database.connect(Role.OWNER, upgraded.name))
    yield made
    made.connection.close()
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def test_a_state_is_kept():
    assert KEPT


def test_set_up_runs_over_it_and_the_second_time_finds_nothing_to_do(upgraded, world):
    first = upgraded.said[0]
    assert (first.returncode, first.stderr) == (0, "")
    assert "データベースの関数" in first.stdout
    upgraded.set_up()
    assert upgraded.said[1].returncode == 0
    assert "新しく作るものはありませんでした" in upgraded.said[1].stdout
    for finding in (database_health.migrations(), *(ask(world.connection) for ask in (
        database_health.functions, database_health.grants, database_health.roles,
    ))):  # fmt: skip
        assert finding.state is State.OK, finding


def test_nothing_that_was_written_is_lost(upgraded, world):
    after = values(world.connection)
    assert sum(upgraded.before.values()) > 500
    assert {text: number for text, number in upgraded.before.items() if after[text] < number} == {}


def test_a_key_of_the_exchange_goes_on_working(upgraded, world):
    seal = "gate.key_seal(secret_hash, organisation_id, terminal_id, employment_id, ends_on)"
    assert world.one(f"SELECT count(*), bool_and(seal = {seal}) FROM exchange_synckey") == (1, True)


def test_the_rows_of_the_access_log_still_prove_themselves(upgraded, world):
    rows = world.rows()
    assert len(rows) == upgraded.log_rows > 20
    assert all(accesslog.leaf_hash(row) == row["leaf"] for row in rows)


def signed_in(world: World, name: str) -> Actor:
    """Somebody of the story at their terminal, signed in anew."""
    account, employment, organisation, certificate, terminal, fingerprint = world.one(
        """SELECT a.id, e.id, e.organisation_id, c.id, c.terminal_id, c.fingerprint
             FROM staff_account AS a JOIN staff_employment AS e ON e.account_id = a.id
             JOIN terminals_certificate AS c ON c.organisation_id = e.organisation_id
            WHERE a.name = %s AND c.revoked_at IS NULL ORDER BY a.id, c.id LIMIT 1""",
        name,
    )
    number, title, kind = world.one("SELECT number, name, kind FROM registry_organisation WHERE id = %s", organisation)
    raw = f"session-after-the-upgrade-of-{account}"
    world.session(raw, account_id=account, employment_id=employment, certificate_fingerprint=fingerprint,
                  second_factor_at=hours(-0.1))  # fmt: skip
    office = Organisation(organisation, number, title, kind)
    return Actor(name, account, employment, office, raw, b"", fingerprint, certificate, terminal)


def found(world: World, name: str) -> Person:
    key, insurer, insured, birth, sex = world.one(
        """SELECT insured_key, care.insurer_no(insured_key), care.insured_no(insured_key), birth, sex
             FROM care.person WHERE name = %s""",
        name,
    )
    return Person(key, insurer, insured, name, birth, sex)


def test_who_could_see_still_sees_and_who_could_not_still_does_not(world):
    manager, elsewhere = signed_in(world, "試験 ケアマネ"), signed_in(world, "別事業所 職員")
    person, refused = found(world, "試験 花子０１"), found(world, "試験 次郎０２")
    assert acts.sees(manager, person) == "allowed"
    assert "consent" in acts.sees(manager, refused)
    assert acts.sees(elsewhere, person) != "allowed"
