"""A database of the tests' own, to be sealed and tampered with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiban.gate.sealing import keys, sealer
from kiban.ops import database, provision
from kiban.ops.database import Role
from tests import database as test_database
from tests.gate.sealing.book import Book

EMPTY = """
TRUNCATE care.access_log, gate.sealed_log, gate.sealed_head, gate.sealed_bundle, gate.sealed_cosignature,
    gate.witnessed;
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
