"""Set-wise merging of a staged master into its table, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from kiban.registry.masters.report import Report

STAGED = sql.Identifier("staged")
GRAMS = "search_grams"
# A newer edition that lacks more than this share of what stands is rather a file cut short.
SUSPICIOUS_SHARE = 0.2
SUSPICIOUS_COUNT = 20


@dataclass(frozen=True)
class Shape:
    """Columns of a master's table.

    ``compared`` decides whether a row has changed; ``carried`` is written along when it has; ``initial`` is written
    to new rows only. Staged rows hold key, compared and carried columns in this order, grams joined by spaces.
    """

    table: str
    key: Sequence[str]
    compared: Sequence[str]
    carried: Sequence[str] = ()
    initial: dict[str, str] = field(default_factory=dict)
    scope: Sequence[str] = ()

    @property
    def staged(self) -> list[str]:
        """The columns of a staged row."""
        return [*self.key, *self.compared, *self.carried]


def _names(columns: Iterable[str], prefix: str = "") -> sql.Composed:
    parts = ([sql.Identifier(prefix, column)] if prefix else [sql.Identifier(column)] for column in columns)
    return sql.SQL(", ").join(part for [part] in parts)


def stage(cursor: CursorWrapper, shape: Shape, rows: Iterable[Sequence[Any]]) -> None:
    """Fill the temporary table ``staged``; it lasts until the next call or the end of the transaction."""
    columns = [
        sql.SQL("''::text AS {}").format(sql.Identifier(column)) if column == GRAMS else sql.Identifier(column)
        for column in shape.staged
    ]
    cursor.execute("DROP TABLE IF EXISTS staged")
    cursor.execute(
        sql.SQL("CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            sql.SQL(", ").join(columns), sql.Identifier(shape.table)
        )
    )
    with cursor.copy("COPY staged FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(sql.SQL("ANALYZE {}").format(STAGED))


def merge(cursor: CursorWrapper, shape: Shape) -> list[tuple[bool, str]]:
    """Insert what is new and update what has changed.

    Returns:
        For each row written: whether it is new, and the first column of its key.
    """
    written = [*shape.compared, *shape.carried]
    values = [
        sql.SQL("string_to_array({}, ' ')").format(sql.Identifier(column))
        if column == GRAMS
        else sql.Identifier(column)
        for column in shape.staged
    ]
    cursor.execute(
        sql.SQL(
            "INSERT INTO {table} AS standing ({columns}) SELECT {values} FROM staged "
            "ON CONFLICT ({key}) DO UPDATE SET {settings} "
            "WHERE ({standing}) IS DISTINCT FROM ({excluded}) RETURNING xmax = 0, {first}"
        ).format(
            table=sql.Identifier(shape.table),
            columns=_names([*shape.staged, *shape.initial]),
            values=sql.SQL(", ").join([*values, *map(sql.Literal, shape.initial.values())]),
            key=_names(shape.key),
            settings=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in written),
            standing=_names(shape.compared, "standing"),
            excluded=_names(shape.compared, "excluded"),
            first=sql.Identifier("standing", shape.key[0]),
        )
    )
    return cursor.fetchall()


def withdraw(
    cursor: CursorWrapper, shape: Shape, today: date, report: Report, *, allow_many: bool, broken: bool
) -> list[str]:
    """Mark what the staged edition no longer holds, within the kinds and prefectures it covers. Nothing is deleted.

    A ``broken`` file (with refused rows), or one that lacks suspiciously many, marks nothing and says so in the report.

    Returns:
        First key columns of the rows marked.
    """
    parts = {
        "table": sql.Identifier(shape.table),
        "key": _names(shape.key),
        "scope": _names(shape.scope),
    }
    covered = sql.SQL("withdrawn_on IS NULL AND ({scope}) IN (SELECT DISTINCT {scope} FROM staged)").format(**parts)
    gone = sql.SQL("{covered} AND ({key}) NOT IN (SELECT {key} FROM staged)").format(covered=covered, **parts)
    cursor.execute(
        sql.SQL("SELECT count(*), count(*) FILTER (WHERE {gone}) FROM {table} WHERE {covered}").format(
            gone=gone, covered=covered, **parts
        )
    )
    standing, missing = cursor.fetchone()
    if not missing:
        return []
    if broken:
        report.warn(
            0,
            "ファイル全体",
            f"台帳の{missing:,}件がありませんが、読み込めない行もあるため、消えた印は付けませんでした。",
            "エラーの行を直したファイルで、もう一度読み込んでください。",
        )
        return []
    if missing > max(SUSPICIOUS_COUNT, standing * SUSPICIOUS_SHARE) and not allow_many:
        report.warn(
            0,
            "ファイル全体",
            f"台帳の{standing:,}件のうち{missing:,}件がありません。多すぎるので、消えた印は付けませんでした。",
            "ファイルが途中で切れていないか確かめ、正しければ --withdraw-many を付けて読み込んでください。",
        )
        return []
    cursor.execute(
        sql.SQL("UPDATE {table} SET withdrawn_on = %s WHERE {gone} RETURNING {first}").format(
            gone=gone, first=sql.Identifier(shape.key[0]), **parts
        ),
        [today],
    )
    return [first for (first,) in cursor.fetchall()]
