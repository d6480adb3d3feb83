"""A database of the test's own, to be sealed and tampered with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
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
    'step', 'question', 'shard', 0, 'insured_key', %s::bigint, 'id', nextval('care.access_log_id'), 'action', 'record:open',
    'account_id', 1, 'persons', '[]'::jsonb, 'standing', '[]'::jsonb, 'decisions', '[]'::jsonb, 'detail', '',
    'outcome', 'asked', 'salt', concat('\\x', replace(gen_random_uuid()::text, '-', '')))))).id
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


@pytest.fixture
def new_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Copies the template; from then on commands and connections meet the copy."""
    name = f"{os.environ['KIBAN_DATABASE']}_sealed"

    def make() -> None:
        test_database.drop(name)
        with database.connect(None, provision.maintenance_database()) as connection:
            connection.execute(f'CREATE DATABASE "{name}" OWNER kiban_owner TEMPLATE "{test_database.TEMPLATE}"')
        monkeypatch.setenv("KIBAN_DATABASE", name)

    yield make
    test_database.drop(name)


@pytest.fixture
def book(new_database: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Book]:
    new_database()
    monkeypatch.setattr(keys, "folder", lambda: tmp_path / "seal")
    keys.make()
    with database.connect(Role.OWNER) as owner, database.connect(Role.SEALER) as connection:
        yield Book(owner, connection, sealer.Sealer(connection), tmp_path)
