"""Whether every row of the access log lies in the range of a head, or waits to be sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kiban.gate.sealing import store
from kiban.gate.sealing.store import Connection, Log

# What the heads of a tree took is one stretch of each range (kiban.gate.sealing.audit looks whether it has gaps); what
# a later tree owns (greater ids) is not the earlier one's. The ranges that still wait are put beside them.
OUTSIDE = """
WITH taken AS MATERIALIZED (
    SELECT min(h.from_xid::text::bigint)::text::xid8 AS from_xid,
           max(h.below_xid::text::bigint)::text::xid8 AS below_xid, h.after_id,
           least(h.until_id, (SELECT min(l.after_id) FROM gate.sealed_log AS l WHERE l.number > h.log)) AS until_id
      FROM gate.sealed_head AS h GROUP BY h.log, h.after_id, h.until_id
    UNION ALL
    SELECT w.from_xid::text::xid8, w.below_xid::text::xid8, w.after_id, w.until_id
      FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
           AS w (from_xid, below_xid, after_id, until_id))
SELECT r.id, to_char(r.at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS')
  FROM care.access_log AS r
 WHERE NOT EXISTS (SELECT 1 FROM taken AS t
                    WHERE r.xid >= t.from_xid AND r.xid < t.below_xid
                      AND r.id > t.after_id AND r.id <= t.until_id)
 ORDER BY r.id
"""
NEXT = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
ORPHANS = "SELECT count(*) FROM gate.sealed_head WHERE size < 1 OR log NOT IN (SELECT number FROM gate.sealed_log)"
SHOWN = 5


def faults(connection: Connection, logs: Sequence[Log]) -> Iterator[str]:
    """Rows no head took and none will take, heads that belong to no tree: sentences that say which.

    Args:
        connection: as the owner, in one transaction with what else is looked at.
        logs: every tree, the latest last.
    """
    (orphans,) = connection.execute(ORPHANS).fetchone() or (0,)
    if orphans:
        yield f"どの封印のものでもない先頭が{orphans}件あります"
    if not logs:
        return
    latest = logs[-1]
    wanted = store.to_take(connection, latest, logs)
    (following,) = connection.execute(NEXT).fetchone() or (store.LAST_XID,)
    if latest.cluster != store.cluster(connection):
        following = store.LAST_XID  # numbers of another cluster say nothing here
    waits = [
        (one.from_xid, min(one.below_xid, following) if one.until_id == store.LAST_ID else one.below_xid, one)
        for one in wanted
    ]
    found = connection.execute(
        OUTSIDE,
        [
            [from_xid for from_xid, _, _ in waits],
            [below for _, below, _ in waits],
            [one.after_id for _, _, one in waits],
            [one.until_id for _, _, one in waits],
        ],
    ).fetchall()
    for number, when in found[:SHOWN]:
        yield f"{when} の閲覧記録(番号 {number})は、どの封印にも入っておらず、あとから入れられています"
    if len(found) > SHOWN:
        yield f"どの封印にも入っていない行が、ほかに{len(found) - SHOWN}件あります"
