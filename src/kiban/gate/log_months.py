"""The months of the access log: each has a partition of its own, made some months ahead every day."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import Finding, State

MONTHS = """
SELECT to_char(month, 'YYYY-MM'), to_regclass('care.access_log_' || to_char(month, 'YYYYMM')) IS NOT NULL
  FROM (SELECT date_trunc('month', now() AT TIME ZONE 'Asia/Tokyo') + n * interval '1 month' AS month
          FROM generate_series(0, 1) AS n) AS months
"""


def prepare() -> str:
    """Make the partitions of this month and the coming ones where they are missing; safe to repeat."""
    with database.connect(Role.OWNER) as connection:
        connection.execute("SELECT gate.ensure_partitions()")
    return "3か月先まであります"


def health() -> Iterator[Finding]:
    """This month and the next."""
    with database.connect(Role.OWNER) as connection:
        missing = [month for month, there in connection.execute(MONTHS) if not there]
    if missing:
        yield Finding(
            f"閲覧記録の月の区画がありません({'、'.join(missing)})",
            State.CAUTION,
            "kiban daily を毎日実行してください。記録は失われません。",
        )
    else:
        yield Finding("閲覧記録の月の区画は、来月の分まであります")
