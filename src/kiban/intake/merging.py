"""One batch of staged rows into the tables, set-wise, in one transaction together with the book of loads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

from kiban.intake import ledger
from kiban.intake.layouts import Layout
from kiban.intake.ledger import Progress
from kiban.intake.refusals import Fault
from kiban.ops import sqlfiles

# The look-ups below go by primary key whatever the statistics say: a table that grows while it is loaded is always
# larger than the planner believes, and a hash over all of it per batch would cost ten times the rest.
_SESSION = (
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET enable_seqscan = off",
    "SET enable_bitmapscan = off",
    "SET temp_buffers = '32MB'",
    "SET client_min_messages = 'warning'",
    # A batch lost in a crash takes its place in the book of loads with it and is done again; ledger.finish, which is
    # what the report rests on, waits for everything to be on disk.
    "SET synchronous_commit = off",
    "SET jit = off",
)


@dataclass
class Batch:
    """Rows of a file that are merged together, and the faults of the rows between them.

    Attributes:
        texts: lines for COPY; ``turns``: the highest turn in them.
        rows: rows of the file this batch stands for, bad ones included.
        line_done: the last line of the file it covers.
    """

    texts: list[str] = field(default_factory=list)
    size: int = 0
    turns: int = 0
    rows: int = 0
    line_done: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Merged:
    """What a batch did; ``faulty`` counts rows, not faults."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faulty: int = 0


class Merger:
    """Merges batches of one file, in the order they come."""

    def __init__(
        self, connection: psycopg.Connection[Any], layout: Layout, load: Progress, charset: str, columns: dict[str, int]
    ) -> None:
        self.connection = connection
        self.layout = layout
        self.load = load
        self.columns = columns
        self.parameters = {
            "load": load.id,
            "charset": charset,
            "item": layout.item.key if layout.item else "",
        }
        statements = sqlfiles.read("intake", layout.sql).split("\n;\n")
        self.count_statement, self.more_statements = statements[0], statements[1:]
        self.prepare = sqlfiles.read("intake", layout.prepare).split("\n;\n") if layout.prepare else []
        connection.prepare_threshold = None  # a plan made for an empty table must not stay
        for statement in _SESSION:
            connection.execute(statement.encode())
        connection.execute(
            f"CREATE TEMPORARY TABLE staged (line bigint, insured_key bigint, {layout.staged}, turn integer)"
            " ON COMMIT DELETE ROWS".encode()
        )

    def merge(self, batch: Batch) -> Merged:
        """Write a batch. All of it is there afterwards, or nothing.

        Raises:
            BusyError: another process is at the same load.
            psycopg.Error: the database failed; nothing of the batch is there.
        """
        done = Merged(rows=batch.rows)
        faults = list(batch.faults)
        with self.connection.transaction():
            if batch.texts:
                self._stage(batch)
                for statement in self.prepare:
                    self.connection.execute(statement.encode(), self.parameters)
                for turn in range(batch.turns + 1):
                    faults += self._left_out(turn)
                    self._merge_turn(turn, done)
            bad = {fault.line for fault in faults}
            done.faulty = len(bad)
            done.unchanged = done.rows - done.faulty - done.added - done.changed
            counts = (done.rows, done.added, done.changed, done.unchanged)
            ledger.note(self.connection, self.load, counts, batch.line_done, faults)
        self.load.line_done = batch.line_done
        return done

    def _stage(self, batch: Batch) -> None:
        data = "".join(batch.texts).encode()
        batch.texts = []
        with self.connection.cursor().copy("COPY staged FROM STDIN") as copy:
            for start in range(0, len(data), 1 << 17):
                copy.write(data[start : start + (1 << 17)])

    def _left_out(self, turn: int) -> list[Fault]:
        """Take staged rows away that lack something in the database, and say what."""
        faults = []
        for needs in self.layout.needs:
            lines = self.connection.execute(
                f"DELETE FROM staged AS s WHERE s.turn = %s AND NOT {needs.condition} RETURNING s.line".encode(),  # noqa: S608
                [turn],
            ).fetchall()
            field = next(candidate for candidate in self.layout.fields if candidate.name == needs.field)
            column = self.columns.get(needs.field, 0)
            faults += [Fault(line, column, field.label, "", needs.reason, needs.remedy) for (line,) in lines]
        return faults

    def _merge_turn(self, turn: int, done: Merged) -> None:
        parameters = {**self.parameters, "turn": turn}
        row = self.connection.execute(self.count_statement.encode(), parameters).fetchone()
        assert row is not None  # noqa: S101 - counts always make one row
        added, changed = row
        for statement in self.more_statements:
            self.connection.execute(statement.encode(), {**parameters, "changed": changed})
        done.added += added
        done.changed += changed
