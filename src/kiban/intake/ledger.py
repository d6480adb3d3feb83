"""The book of loads: where each file stands. Written in the transaction that writes the rows it speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from kiban.intake.layouts import Layout
from kiban.intake.models import Load
from kiban.intake.refusals import Fault
from kiban.intake.source import Source

LOCK_SPACE = 0x6B6962  # first half of the advisory lock; the second is the load


class BusyError(Exception):
    """Somebody else wrote to this load: two commands are bringing in the same file."""


@dataclass
class Progress:
    """Where a load stands, and what it did so far (over all its runs)."""

    id: int
    state: str
    turn: int
    line_done: int
    rows: int
    added: int
    changed: int
    unchanged: int


_COLUMNS = "id, state, turn, line_done, rows, added, changed, unchanged"


def open_load(connection: psycopg.Connection[Any], source: Source, layout: Layout, insurer: str | None) -> Progress:
    """The load of this file, made if it is the first time, and locked until the connection ends.

    Waits when the backend of a killed run has not ended yet.

    Raises:
        BusyError: another process holds the load.
    """
    connection.execute(
        "INSERT INTO intake_load (file_digest, layout, insurer_no, file_name, charset, state, turn, line_done, rows,"
        " added, changed, unchanged, started_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, 1, 0, 0, 0, 0, 0, clock_timestamp()) ON CONFLICT DO NOTHING",
        [source.digest, layout.key, insurer or "", source.path.name[:255], source.charset, Load.State.RUNNING],
    )
    place = [source.digest, layout.key, insurer or ""]
    where = "WHERE file_digest = %s AND layout = %s AND insurer_no = %s"
    number = _one(connection, f"SELECT id FROM intake_load {where}", place)[0]  # noqa: S608
    try:
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '30s'")
            connection.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, number % 2**31])
    except psycopg.errors.LockNotAvailable:
        raise BusyError from None
    return Progress(*_one(connection, f"SELECT {_COLUMNS} FROM intake_load {where}", place))  # noqa: S608


def begin_again(connection: psycopg.Connection[Any], load: Progress) -> None:
    """Start another turn over the rows that had faults."""
    connection.execute(
        "UPDATE intake_load SET state = %s, turn = turn + 1, line_done = 0, finished_at = NULL WHERE id = %s",
        [Load.State.RUNNING, load.id],
    )
    load.state, load.line_done, load.turn = Load.State.RUNNING, 0, load.turn + 1


def faulty_lines(connection: psycopg.Connection[Any], load: Progress, after: int = 0) -> Iterator[int]:
    """Lines with a fault that was not settled, in order."""
    with connection.transaction(), connection.cursor(name="faulty_lines") as cursor:
        cursor.execute(
            "SELECT DISTINCT line FROM intake_error WHERE load_id = %s AND settled_at IS NULL AND line > %s"
            " ORDER BY line",
            [load.id, after],
        )
        for (line,) in cursor:
            yield line


def faulty_rows(connection: psycopg.Connection[Any], load: Progress) -> int:
    """How many rows have a fault that was not settled."""
    return int(
        _one(
            connection,
            "SELECT count(DISTINCT line) FROM intake_error WHERE load_id = %s AND settled_at IS NULL",
            [load.id],
        )[0]
    )


def open_faults(connection: psycopg.Connection[Any], load: Progress, limit: int | None = None) -> Iterator[Fault]:
    """Faults not settled, in the order of the file."""
    with connection.transaction(), connection.cursor(name="open_faults") as cursor:
        cursor.execute(
            'SELECT line, "column", heading, value_class, reason, remedy FROM intake_error'
            ' WHERE load_id = %s AND settled_at IS NULL ORDER BY line, "column", id LIMIT %s',
            [load.id, limit],
        )
        for row in cursor:
            yield Fault(*row)


def note(
    connection: psycopg.Connection[Any],
    load: Progress,
    counts: tuple[int, int, int, int],
    line_done: int,
    faults: list[Fault],
) -> None:
    """Within the batch's transaction: move the load on, settle the faults of lines read again, keep the new ones.

    Args:
        counts: rows, added, changed, unchanged of this batch.

    Raises:
        BusyError: the load is not where this process left it.
    """
    moved = connection.execute(
        "UPDATE intake_load SET line_done = %s, rows = rows + %s, added = added + %s, changed = changed + %s,"
        " unchanged = unchanged + %s WHERE id = %s AND turn = %s AND line_done = %s AND state = %s",
        [line_done, *counts, load.id, load.turn, load.line_done, Load.State.RUNNING],
    )
    if moved.rowcount != 1:
        raise BusyError
    if load.turn > 1:
        connection.execute(
            "UPDATE intake_error SET settled_at = clock_timestamp()"
            " WHERE load_id = %s AND settled_at IS NULL AND line > %s AND line <= %s",
            [load.id, load.line_done, line_done],
        )
    if faults:
        with connection.cursor().copy(
            'COPY intake_error (load_id, line, "column", heading, value_class, reason, remedy) FROM STDIN'
        ) as copy:
            for fault in faults:
                copy.write_row([load.id, *fault])


def finish(connection: psycopg.Connection[Any], load: Progress) -> None:
    """The file was read to its end; returns when everything of it is on disk."""
    with connection.transaction():
        connection.execute("SET LOCAL synchronous_commit = on")
        connection.execute(
            "UPDATE intake_load SET state = %s, finished_at = %s WHERE id = %s",
            [Load.State.DONE, dt.datetime.now(dt.UTC), load.id],
        )
    load.state = Load.State.DONE


def finished_on(connection: psycopg.Connection[Any], load: Progress) -> dt.date:
    """The day in Japan on which a load that is done was done."""
    moment: dt.datetime = _one(connection, "SELECT finished_at FROM intake_load WHERE id = %s", [load.id])[0]
    return moment.astimezone(ZoneInfo("Asia/Tokyo")).date()


def _one(connection: psycopg.Connection[Any], statement: str, parameters: list[Any]) -> tuple[Any, ...]:
    row = connection.execute(statement.encode(), parameters).fetchone()
    assert row is not None  # noqa: S101 - the row was just made
    return tuple(row)
