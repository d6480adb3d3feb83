"""How sealing is, for ``kiban doctor``."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.gate.sealing import keys, sealer, store
from kiban.gate.sealing.store import Connection
from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import Finding, State

LATE = 5  # minutes a row may wait
WAITING = """
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(at)) / 60, 0)::integer FROM care.access_log
 WHERE xid >= %s::text::xid8 AND id > %s
"""


def health() -> Iterator[Finding]:
    """Whether the key is there, the database is the one that was sealed, and no row waits too long."""
    with database.connect(Role.OWNER) as connection:
        log = store.last_log(connection)
        if log is None:
            yield Finding("閲覧記録の封印が始まっていません", State.BAD, "kiban setup を実行してください。")
            return
        try:
            keys.signers(log.origin)
        except keys.KeyLostError as error:
            yield Finding("閲覧記録の封印の鍵がありません", State.BAD, str(error))
            return
        if log.cluster != store.cluster(connection):
            yield Finding("閲覧記録の封印は、別のデータベースサーバのものです", State.BAD, sealer.OTHER_CLUSTER)
            return
        if sealer.went_back(connection, log):
            yield Finding("前に署名した閲覧記録の先頭が、データベースにありません", State.BAD, sealer.ANOTHER)
            return
        yield _waiting(connection, log)


def _waiting(connection: Connection, log: store.Log) -> Finding:
    head = store.last_head(connection, log.number)
    after = (str(head.range.below_xid), head.range.after_id) if head else ("0", log.after_id)
    count, minutes = connection.execute(WAITING, after).fetchone() or (0, 0)
    if count and minutes >= LATE:
        return Finding(
            f"閲覧記録{count}件が、{minutes}分前から封印を待っています",
            State.CAUTION,
            "kiban serve を動かすか(いっしょに封印も動きます)、kiban log seal を実行してください。"
            "大きな kiban load の間は、それが終わるまで待ちます。",
        )
    return Finding(f"閲覧記録は封印されています({head.size if head else 0}行)")
