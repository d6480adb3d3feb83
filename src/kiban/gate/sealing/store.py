"""The sealed log in the database: trees, batches of rows, entries, heads (``gate/sql/0007_sealing.sql``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from kiban.tlog import tree
from kiban.tlog.tiles import WIDTH

Connection = psycopg.Connection[Any]
BATCH = 20_000  # rows at most in one batch, unless one transaction wrote more
LAST_ID = 2**63 - 1
LAST_XID = 2**63 - 1


@dataclass(frozen=True)
class Log:
    """A tree: its number, its name in every head, and where it begins."""

    number: int
    origin: str
    cluster: int
    after_id: int


@dataclass(frozen=True)
class Range:
    """Which rows a batch takes: transactions from one number to before another, ids above one up to another."""

    from_xid: int
    below_xid: int
    after_id: int
    until_id: int = LAST_ID


@dataclass(frozen=True)
class Batch:
    """Rows in the order of the tree: the leaf of each. ``is_last``: there is nothing more to take just now."""

    range: Range
    leaves: Sequence[bytes]
    is_last: bool


@dataclass(frozen=True)
class Sealed:
    """A head as it was kept."""

    log: int
    size: int
    first: int
    range: Range
    root: bytes
    note: str


LOG = "SELECT number, origin, cluster, after_id FROM gate.sealed_log"
HEAD = """
SELECT log, size, first, from_xid::text::bigint, below_xid::text::bigint, after_id, until_id, root, note
  FROM gate.sealed_head
"""
# Below the oldest transaction that is still running nothing comes any more: ids alone would miss rows that commit late.
BELOW = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
ROWS = """
SELECT xid::text::bigint, leaf FROM care.access_log
 WHERE xid >= %(from)s::text::xid8 AND xid < %(below)s::text::xid8 AND id > %(after)s AND id <= %(until)s
 ORDER BY xid, id LIMIT %(most)s
"""


def cluster(connection: Connection) -> int:
    """The number of the cluster this connection speaks to."""
    return int(_one(connection, "SELECT gate.cluster()")[0])


def logs(connection: Connection) -> list[Log]:
    """Every tree, the latest last."""
    return [Log(*row) for row in connection.execute(f"{LOG} ORDER BY number".encode())]


def last_log(connection: Connection) -> Log | None:
    """The tree that grows."""
    found = connection.execute(f"{LOG} ORDER BY number DESC LIMIT 1".encode()).fetchone()
    return Log(*found) if found else None


def begin(connection: Connection, origin: str, after_id: int, because: str) -> Log:
    """Begin another tree (as the owner)."""
    row = _one(
        connection,
        "INSERT INTO gate.sealed_log (number, origin, cluster, after_id, because)"
        " SELECT coalesce(max(number), 0) + 1, %s, gate.cluster(), %s, %s FROM gate.sealed_log"
        " RETURNING number, origin, cluster, after_id",
        [origin, after_id, because],
    )
    return Log(*row)


def last_head(connection: Connection, log: int) -> Sealed | None:
    """The latest head of a tree."""
    return _sealed(connection.execute(f"{HEAD} WHERE log = %s ORDER BY size DESC LIMIT 1".encode(), [log]).fetchone())


def head_of_size(connection: Connection, log: int, size: int) -> Sealed | None:
    """The head of exactly this size."""
    return _sealed(connection.execute(f"{HEAD} WHERE log = %s AND size = %s".encode(), [log, size]).fetchone())


def head_over(connection: Connection, log: int, index: int) -> Sealed | None:
    """The head by which an entry came in."""
    query = f"{HEAD} WHERE log = %s AND size > %s ORDER BY size LIMIT 1"
    return _sealed(connection.execute(query.encode(), [log, index]).fetchone())


def heads(connection: Connection, log: int) -> Iterator[Sealed]:
    """Every head of a tree in order, a few thousand in memory at a time."""
    size = -1
    while rows := connection.execute(
        f"{HEAD} WHERE log = %s AND size > %s ORDER BY size LIMIT 2000".encode(), [log, size]
    ).fetchall():
        for row in rows:
            yield _read(row)
        size = rows[-1][1]


def to_take(connection: Connection, log: Log, before: Log | None) -> list[Range]:
    """Where the next rows are looked for: what the tree before did not take, then the tree's own."""
    own = Range(0, LAST_XID, log.after_id)
    latest = last_head(connection, log.number)
    if latest is None:
        if before is None:
            return [Range(0, LAST_XID, 0)]
        left = last_head(connection, before.number)
        return [Range(left.range.below_xid if left else 0, LAST_XID, 0, log.after_id), own]
    if latest.range.until_id == LAST_ID:
        return [Range(latest.range.below_xid, LAST_XID, latest.range.after_id)]
    return [Range(latest.range.below_xid, LAST_XID, 0, log.after_id), own]


def batch(connection: Connection, wanted: Range, most: int = BATCH) -> Batch:
    """The next rows of a range, no transaction's rows cut in two."""
    below = wanted.below_xid if wanted.until_id != LAST_ID else int(_one(connection, BELOW)[0])
    found = _rows(connection, wanted, below, most + 1)
    if len(found) <= most:
        return Batch(Range(wanted.from_xid, below, wanted.after_id, wanted.until_id), [leaf for _, leaf in found], True)
    cut = found[-1][0]
    if found[0][0] == cut:  # one transaction wrote more than a batch
        cut += 1
        found = _rows(connection, wanted, cut, None)
    leaves = [leaf for xid, leaf in found if xid < cut]
    return Batch(Range(wanted.from_xid, cut, wanted.after_id, wanted.until_id), leaves, False)


def has_rows(connection: Connection, after: Range) -> bool:
    """Whether there are rows of transactions that come after a range."""
    query = "SELECT 1 FROM care.access_log WHERE xid >= %s::text::xid8 AND id > %s LIMIT 1"
    return connection.execute(query, [str(after.below_xid), after.after_id]).fetchone() is not None


def leaves(connection: Connection, wanted: Range) -> list[bytes]:
    """The leaves the rows of a range have now, in the order of the tree."""
    return [leaf for _, leaf in _rows(connection, wanted, wanted.below_xid, None)]


def _rows(connection: Connection, wanted: Range, below: int, most: int | None) -> list[tuple[int, bytes]]:
    parameters = {
        "from": str(wanted.from_xid),
        "below": str(below),
        "after": wanted.after_id,
        "until": wanted.until_id,
        "most": most,
    }
    return [(xid, bytes(leaf)) for xid, leaf in connection.execute(ROWS, parameters).fetchall()]


def entries(connection: Connection, log: int, first: int, end: int) -> bytes:
    """The entries from one index up to before another, 32 bytes each."""
    rows = connection.execute(
        "SELECT entries FROM gate.sealed_bundle WHERE log = %s AND number BETWEEN %s AND %s ORDER BY number",
        [log, first // WIDTH, max(first, end - 1) // WIDTH],
    )
    held = b"".join(bytes(row[0]) for row in rows)
    start = first // WIDTH * WIDTH
    return held[(first - start) * tree.LENGTH : (end - start) * tree.LENGTH]


def bundle_roots(connection: Connection, log: int) -> Iterator[bytes]:
    """The roots of the full bundles, in order."""
    number = -1
    while rows := connection.execute(
        "SELECT number, root FROM gate.sealed_bundle WHERE log = %s AND number > %s AND root IS NOT NULL"
        " ORDER BY number LIMIT 10000",
        [log, number],
    ).fetchall():
        yield from (bytes(root) for _, root in rows)
        number = rows[-1][0]


def add(connection: Connection, log: int, first: int, added: Sequence[bytes]) -> None:
    """Append entries behind those there are (``first`` of them)."""
    held = entries(connection, log, first // WIDTH * WIDTH, first) + b"".join(added)
    size = WIDTH * tree.LENGTH
    for number, at in enumerate(range(0, len(held), size), first // WIDTH):
        piece = held[at : at + size]
        root = tree.full_root([*map(tree.leaf_hash, split(piece))]) if len(piece) == size else None
        connection.execute(
            "INSERT INTO gate.sealed_bundle (log, number, entries, root) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (log, number) DO UPDATE SET entries = excluded.entries, root = excluded.root",
            [log, number, piece, root],
        )


def keep_head(connection: Connection, head: Sealed) -> None:
    """Keep a signed head.

    Raises:
        psycopg.errors.UniqueViolation: another sealer was faster.
    """
    taken = head.range
    connection.execute(
        "INSERT INTO gate.sealed_head (log, size, first, from_xid, below_xid, after_id, until_id, root, note)"
        " VALUES (%s, %s, %s, %s::text::xid8, %s::text::xid8, %s, %s, %s, %s)",
        [
            head.log,
            head.size,
            head.first,
            str(taken.from_xid),
            str(taken.below_xid),
            taken.after_id,
            taken.until_id,
            head.root,
            head.note,
        ],
    )


def split(held: bytes) -> list[bytes]:
    """Entries or hashes that stand one behind the other."""
    return [held[at : at + tree.LENGTH] for at in range(0, len(held), tree.LENGTH)]


def frontier(connection: Connection, log: int, size: int) -> tree.Frontier:
    """The growing edge of a tree of this size, from what is kept."""
    edge = tree.Frontier()
    full = size // WIDTH
    edge.add((root for _, root in zip(range(full), bundle_roots(connection, log), strict=False)), 8)
    edge.add(map(tree.leaf_hash, split(entries(connection, log, edge.size, size))))
    return edge


def _read(row: Sequence[Any]) -> Sealed:
    log, size, first, from_xid, below_xid, after_id, until_id, root, note = row
    return Sealed(log, size, first, Range(from_xid, below_xid, after_id, until_id), bytes(root), note)


def _sealed(row: Sequence[Any] | None) -> Sealed | None:
    return _read(row) if row else None


def _one(connection: Connection, query: str, parameters: Sequence[Any] = ()) -> Sequence[Any]:
    found = connection.execute(query.encode(), parameters).fetchone()
    assert found is not None  # noqa: S101 - each of these queries returns one row
    return tuple(found)
