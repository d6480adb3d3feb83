"""An index of the access log, made month by month while others go on writing (a partitioned table has no other way)."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from psycopg import sql

PARTITIONS = """
SELECT c.relname FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'care.access_log'::regclass ORDER BY 1
"""
STATE = """
SELECT i.indisvalid, EXISTS (SELECT 1 FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = i.indexrelid)
  FROM pg_catalog.pg_index AS i WHERE i.indexrelid = to_regclass(%s)
"""


def of_the_log(name: str, columns: str) -> migrations.RunPython:
    """A migration's operation (``atomic = False``); one that was stopped goes on where it was.

    Args:
        name: of the index.
        columns: in brackets, and what follows them.
    """

    def make(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            _make(cursor, name, sql.SQL(columns))

    return migrations.RunPython(make, migrations.RunPython.noop)


def _make(cursor: Any, name: str, columns: sql.SQL) -> None:
    whole = sql.Identifier("care", name)
    cursor.execute(
        sql.SQL("CREATE INDEX IF NOT EXISTS {} ON ONLY care.access_log {}").format(sql.Identifier(name), columns)
    )
    cursor.execute(PARTITIONS)
    for (table,) in cursor.fetchall():
        part = f"{table}_{name.removeprefix('access_log_')}"
        cursor.execute(STATE, [f"care.{part}"])
        is_valid, is_attached = cursor.fetchone() or (False, False)
        if is_attached:
            continue
        if not is_valid:
            cursor.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier("care", part)))
            cursor.execute(
                sql.SQL("CREATE INDEX CONCURRENTLY {} ON {} {}").format(
                    sql.Identifier(part), sql.Identifier("care", table), columns
                )
            )
        cursor.execute(sql.SQL("ALTER INDEX {} ATTACH PARTITION {}").format(whole, sql.Identifier("care", part)))
