"""The proof that one row of the access log is sealed (``.tlog-proof``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiban.gate.sealing import store
from kiban.gate.sealing.store import Connection, Log, Sealed
from kiban.tlog import proofs, tiles, tree

ROW = "SELECT r.leaf, r.xid::text::bigint, r.salt, gate.canonical(r) FROM care.access_log AS r WHERE r.id = %s"
COVERED = """
SELECT h.log, h.size FROM gate.sealed_head AS h
 WHERE h.from_xid <= %(xid)s::text::xid8 AND h.below_xid > %(xid)s::text::xid8
   AND h.after_id < %(id)s AND h.until_id >= %(id)s
   AND NOT EXISTS (SELECT 1 FROM gate.sealed_log AS l
                    WHERE l.number > h.log AND l.after_id < %(id)s AND h.until_id > l.after_id)
"""


class NotSealedError(Exception):
    """No such row, or it is not sealed yet (the last second), or not as it stands; the message says which."""


@dataclass(frozen=True)
class Place:
    """Where a row lies in a tree."""

    log: Log
    index: int
    head: Sealed


def proof(connection: Connection, number: int, *, shows_row: bool) -> str:
    """The text of a ``.tlog-proof`` file for a row.

    Args:
        connection: as the owner.
        number: the row's id.
        shows_row: whether the row's own text goes with it, for who may read it.

    Raises:
        NotSealedError: there is nothing to prove.
    """
    found = connection.execute(ROW, [number]).fetchone()
    if found is None:
        raise NotSealedError(f"番号 {number} の閲覧記録はありません。")
    leaf, xid, salt, text = found
    place = place_of(connection, number, xid, bytes(leaf))
    latest = store.last_head(connection, place.log.number)
    assert latest is not None  # noqa: S101 - the row has one
    path = tree.inclusion_proof(place.index, latest.size, subtrees(connection, place.log.number))
    return proofs.written(place.index, path, latest.note, bytes(salt) + text.encode() if shows_row else b"")


def place_of(connection: Connection, number: int, xid: int, leaf: bytes) -> Place:
    """Where a row lies.

    Raises:
        NotSealedError: nowhere.
    """
    covering = connection.execute(COVERED, {"xid": str(xid), "id": number}).fetchone()
    head = store.head_of_size(connection, *covering) if covering else None
    if head is None:
        raise NotSealedError("この行は、まだ封印されていません。数秒待って、もう一度お試しください。")
    end = head.size
    held = store.split(store.entries(connection, head.log, head.first, end))
    if leaf not in held:
        raise NotSealedError("この行は、封印されたときと違っています。kiban log verify で確かめてください。")
    log = next(one for one in store.logs(connection) if one.number == head.log)
    return Place(log, head.first + held.index(leaf), head)


def subtrees(connection: Connection, log: int) -> Callable[[int, int], bytes]:
    """The root over a range of entries of a tree (RFC 6962's MTH), from what is kept."""

    def root(first: int, end: int) -> bytes:
        edge = tree.Frontier()
        whole = end // tiles.WIDTH if first % tiles.WIDTH == 0 else 0
        if whole > first // tiles.WIDTH:
            rows = connection.execute(
                "SELECT root FROM gate.sealed_bundle WHERE log = %s AND number >= %s AND number < %s ORDER BY number",
                [log, first // tiles.WIDTH, whole],
            )
            edge.add((bytes(row[0]) for row in rows), 8)
        rest = store.entries(connection, log, first + edge.size, end)
        edge.add(map(tree.leaf_hash, store.split(rest)))
        return edge.root()

    return root


def consistency(connection: Connection, log: int, old: int, new: int) -> list[bytes]:
    """The hashes that show that one head goes on from an earlier one."""
    return tree.consistency_proof(old, new, subtrees(connection, log))
