"""A database of the test's own, to be sealed and tampered with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kiban.gate.sealing import audit, exporting, keys, sealer, store
from kiban.gate.sealing.store import Sealed
from kiban.ops import database, provision
from kiban.ops.database import Role
from kiban.tlog.notes import Key
from tests import database as test_database

ROW = """
SELECT (gate.write_log(jsonb_populate_record(NULL::care.access_log, jsonb_build_object(
    'step', 'question', 'shard', 0, 'insured_key', %s::bigint, 'id', nextval('care.access_log_id'),
    'action', 'record:open', 'account_id', 1, 'persons', '[]'::jsonb, 'standing', '[]'::jsonb,
    'decisions', '[]'::jsonb, 'detail', '', 'outcome', 'asked', 'salt', concat('\\x', replace(gen_random_uuid()::text, '-', '')))))).id
"""

# What whoever changes a row does to hide it: the leaf fits again.
RELEAF = """
UPDATE care.access_log AS r SET leaf = sha256('\\x00'::bytea || salt || convert_to(gate.canonical(r), 'UTF8'))
"""


@dataclass
class Book:
    """An access log with its seal."""

    owner: psycopg.Connection[Any]
    connection: psycopg.Connection[Any]
    sealer: sealer.Sealer
    folder: Path

    def write(self, count: int = 1, key: int = 9999) -> list[int]:
        """Rows, each by a transaction of its own."""
        return [write(self.owner, key) for _ in range(count)]

    def sealed(self, count: int) -> Sealed:
        self.write(count)
        head = self.sealer.seal()
        assert head is not None
        return head

    def another(self) -> sealer.Sealer:
        """As after a restart."""
        return sealer.Sealer(self.connection)

    def faults(self, *heads: str) -> list[str]:
        return audit.audit(self.owner, heads).faults

    def export(self, name: str = "export", *, shows_rows: bool = True) -> Path:
        exporting.export(self.owner, self.folder / name, shows_rows=shows_rows)
        return self.folder / name

    @property
    def key(self) -> Key:
        log = store.last_log(self.owner)
        assert log is not None
        return keys.vkeys(log.origin)[-1]


def write(connection: psycopg.Connection[Any], key: int = 9999) -> int:
    found = connection.execute(ROW, [key]).fetchone()
    assert found is not None
    return int(found[0])


EMPTY = """
TRUNCATE care.access_log, gate.sealed_log, gate.sealed_head, gate.sealed_bundle;
UPDATE gate.sealing SET looked_at = NULL, good_until = NULL;
"""


@pytest.fixture(scope="session")
def own_database() -> Iterator[str]:
    """A copy of the template, beside the one the other tests share."""
    name = f"{os.environ['KIBAN_DATABASE']}_sealed"
    test_database.drop(name)
    with database.connect(None, provision.maintenance_database()) as connection:
        connection.execute(f'CREATE DATABASE "{name}" OWNER kiban_owner TEMPLATE "{test_database.TEMPLATE}"'.encode())
    yield name
    test_database.drop(name)


@pytest.fixture
def book(own_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Book]:
    """Empty, with a key of its own."""
    monkeypatch.setenv("KIBAN_DATABASE", own_database)
    monkeypatch.setattr(keys, "folder", lambda: tmp_path / "seal")
    keys.make()
    with database.connect(Role.OWNER) as owner, database.connect(Role.SEALER) as connection:
        owner.execute(EMPTY.encode())
        owner.execute("ALTER SEQUENCE care.access_log_id RESTART")
        sealer.ensure_log()
        yield Book(owner, connection, sealer.Sealer(connection), tmp_path)
