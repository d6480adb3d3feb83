"""An access log with its seal, and what tests do to it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from kiban.gate.sealing import audit, exporting, keys, sealer, store
from kiban.gate.sealing.store import Sealed
from kiban.tlog import tree
from kiban.tlog.notes import Key
from kiban.tlog.signing import Signer, checkpoint
from tests.cluster import until

ROW = """
SELECT (gate.write_log(jsonb_populate_record(NULL::care.access_log, jsonb_build_object(
    'step', 'question', 'shard', 0, 'insured_key', %s::bigint, 'id', nextval('care.access_log_id'),
    'action', 'record:open', 'account_id', 1, 'persons', '[]'::jsonb, 'standing', '[]'::jsonb,
    'decisions', '[]'::jsonb, 'detail', '', 'outcome', 'asked', 'salt', %s::text)))).id
"""

# What whoever changes a row does to hide it: the leaf fits again.
RELEAF = """
UPDATE care.access_log AS r SET leaf = sha256('\\x00'::bytea || salt || convert_to(gate.canonical(r), 'UTF8'))
"""
SETTLED = "SELECT coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) FROM care.access_log"


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

    def settle(self) -> None:
        """Wait until nothing older than the rows runs any more: tests beside this one share the server's numbers."""
        until(lambda: self.owner.execute(SETTLED.encode()).fetchone() == (True,))

    def seal(self) -> Sealed:
        """Seal all there is."""
        self.settle()
        head = self.sealer.seal()
        assert head is not None
        return head

    def sealed(self, count: int) -> Sealed:
        self.write(count)
        return self.seal()

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
    found = connection.execute(ROW.encode(), [key, "\\x" + secrets.token_hex(16)]).fetchone()
    assert found is not None
    return int(found[0])


def resealed(book: Book, signer: Signer | None = None) -> None:
    """What who holds everything can do: seal a changed past anew, over all of it, with the key or another one."""
    leaves = [bytes(leaf) for (leaf,) in book.owner.execute("SELECT leaf FROM care.access_log ORDER BY xid, id")]
    edge, sizes = (
        tree.Frontier(),
        [size for (size,) in book.owner.execute("SELECT size FROM gate.sealed_head ORDER BY 1")],
    )
    book.owner.execute("UPDATE gate.sealed_bundle SET entries = %s", [b"".join(leaves)])
    (origin,) = book.owner.execute("SELECT origin FROM gate.sealed_log").fetchone() or ("",)
    for size in sizes:
        edge.add(map(tree.leaf_hash, leaves[edge.size : size]))
        note = checkpoint(origin, size, edge.root(), signer or keys.signers(origin)[0])
        book.owner.execute(
            "UPDATE gate.sealed_head SET root = %s, note = %s WHERE size = %s", [edge.root(), note, size]
        )
