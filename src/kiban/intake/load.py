"""Bringing a file in: ``load_file`` is what ``kiban load`` and the demo call.

Each row is taken exactly once: the book of loads moves on in the transaction that writes the rows, so that a load
killed at any moment goes on where it stopped, and a file that was read to its end is read again only for the rows
that had faults. While PostgreSQL merges one batch, the next is read and checked.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

import psycopg

from kiban.intake import ledger
from kiban.intake.encoding import INSURER_NO, Encoded, Encoder
from kiban.intake.layouts import Layout, recognise
from kiban.intake.ledger import Progress
from kiban.intake.merging import Batch, Merged, Merger
from kiban.intake.models import Load
from kiban.intake.refusals import Fault, FileRefusedError
from kiban.intake.rows import Row, blocks, rows
from kiban.intake.source import END, Source, examine, normal
from kiban.ops import database
from kiban.ops.database import Role
from kiban.registry.numbers import NumberSlipError, tidied

ROWS = 20_000  # per batch
CHARACTERS = 8_000_000  # per batch
FAULTS = 5_000  # per batch
TURNS = 8  # how often the same thing may come in one batch
PEEK = 200  # rows looked at to see whose file it is
FAULTS_SHOWN = 20


@dataclass
class Plan:
    """A file that can be brought in, before anything is written."""

    source: Source
    layout: Layout
    insurer: str | None
    known_insurers: frozenset[str]


@dataclass
class Report:
    """What became of a file. Counts are of this run; ``faulty`` rows still stand with a fault after it.

    ``already``: the day (ISO) the same file was brought in, when nothing of it was left to do. ``resumed_at``: the
    line an interrupted load went on after (0: it began at the beginning). ``refused``: why the file was not taken at
    all; ``stopped``: why it was taken only in part.
    """

    file: str
    layout: str = ""
    label: str = ""
    insurer: str = ""
    charset: str = ""
    load_id: int = 0
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faulty: int = 0
    already: str = ""
    retried: bool = False
    resumed_at: int = 0
    refused: str = ""
    stopped: str = ""
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all good, 1 some rows bad, 2 the file was refused or stopped halfway."""
        return 2 if self.refused or self.stopped else 1 if self.faulty else 0


Watcher = Callable[[int, int], None]  # lines done, lines of the file


def plan(path: Path, insurer: str | None = None) -> Plan:
    """Look at a file and say what would be brought in. Writes nothing.

    Args:
        insurer: 保険者番号 the file should be of; None: the file's own (its first rows say).

    Raises:
        FileRefusedError: the file as a whole is not taken.
    """
    source = examine(path)
    insurer = insurer and plain_insurer(insurer)
    layout = recognise(source.heading, source.first_line)
    known = _known_insurers()
    if insurer and insurer not in known:
        raise FileRefusedError(f"保険者番号{insurer}は登録されていません。番号を確かめてください。")
    return Plan(source, layout, _whose(source, layout, insurer, known), known)


def load_file(path: Path, *, insurer: str | None = None, watch: Watcher | None = None) -> Report:
    """Bring a file in, or go on with it where an earlier run was interrupted.

    Raises:
        FileRefusedError: the file as a whole is not taken; nothing of it was written (unless it changed while it was
            read, which the message says).
        BusyError: another process is bringing in the same file.
        psycopg.Error: the database failed; run again to go on.
    """
    return carry_out(plan(path, insurer), watch)


def carry_out(planned: Plan, watch: Watcher | None = None) -> Report:
    """Bring a planned file in. Raises as ``load_file``."""
    began = time.monotonic()
    source, layout = planned.source, planned.layout
    report = Report(
        file=source.path.name,
        layout=layout.key,
        label=layout.label,
        insurer=planned.insurer or "",
        charset=source.charset,
    )
    with database.connect(Role.WORKER) as connection:
        load = ledger.open_load(connection, source, layout, planned.insurer)
        report.load_id = load.id
        again = load.state == Load.State.DONE
        if again and not ledger.faulty_rows(connection, load):
            report.already = ledger.finished_on(connection, load).isoformat()
        else:
            if again:
                ledger.begin_again(connection, load)
            report.retried = load.turn > 1
            report.resumed_at = load.line_done
            _Run(connection, planned, load, watch).go(report)
        report.faulty = ledger.faulty_rows(connection, load)
        if report.faulty:
            report.faults = list(ledger.open_faults(connection, load, FAULTS_SHOWN))
    report.seconds = round(time.monotonic() - began, 3)
    return report


def write_faults(reports: list[Report], path: Path) -> None:
    """The file of errors: which row of which file, which column, what kind of value, why, and what to do."""
    import csv

    with path.open("w", encoding="utf-8-sig", newline="") as file, database.connect(Role.WORKER) as connection:
        writer = csv.writer(file)
        writer.writerow(["ファイル", "行", "列番号", "列名", "値の種類", "理由", "直し方"])
        for report in reports:
            if report.refused:
                writer.writerow([report.file, "", "", "", "", report.refused, ""])
            elif report.faulty:
                load = Progress(report.load_id, "", 0, 0, 0, 0, 0, 0)
                for fault in ledger.open_faults(connection, load):
                    place = [fault.column or "", fault.heading]
                    writer.writerow([report.file, fault.line, *place, *fault[3:]])


class _Run:
    """One pass over a file: reading and checking here, merging in a thread of its own."""

    def __init__(
        self, connection: psycopg.Connection[Any], planned: Plan, load: Progress, watch: Watcher | None
    ) -> None:
        self.source = planned.source
        self.watch = watch
        self.load = load
        self.encoder: Encoder = planned.layout.encoder(planned.source, planned.insurer, planned.known_insurers)
        headings = planned.layout.by_heading
        columns = {headings[name].name: at for at, name in enumerate(planned.source.heading, 1) if name}
        self.merger = Merger(connection, planned.layout, load, planned.source.charset, columns)
        self.connection = connection
        self.wanted = self._wanted() if load.turn > 1 else None

    def _wanted(self) -> bytearray:
        """One bit per line: the rows to be read again."""
        bits = bytearray()
        for line in ledger.faulty_lines(self.connection, self.load, self.load.line_done):
            bits.extend(bytes((line >> 3) + 1 - len(bits)))
            bits[line >> 3] |= 1 << (line & 7)
        return bits

    def go(self, report: Report) -> None:
        """Read to the end. Raises as ``load_file``."""
        with _bulk_work(), ThreadPoolExecutor(max_workers=1) as executor:
            under_way: Future[Merged] | None = None
            for batch in self._batches():
                if under_way:
                    self._count(report, under_way.result())
                under_way = executor.submit(self.merger.merge, batch)
            if under_way:
                self._count(report, under_way.result())
        if self.source.changed():
            raise FileRefusedError(
                "取り込んでいる間にファイルが書き換わりました。書き終わってから、もう一度取り込んでください。"
            )
        ledger.finish(self.connection, self.load)

    def _count(self, report: Report, merged: Merged) -> None:
        report.rows += merged.rows
        report.added += merged.added
        report.changed += merged.changed
        report.unchanged += merged.unchanged
        if self.watch:
            self.watch(self.load.line_done, self.source.lines)

    def _blocks(self) -> Iterator[list[Row]]:
        """The rows still to be taken."""
        done, wanted = max(self.load.line_done, self.source.heading_line), self.wanted
        end = None if self.source.declared is None else self.source.declared + 1  # after heading and rows
        with self.source.open() as file:
            position = 0
            for block in blocks(file, len(self.source.heading)):
                still = block if end is None else block[: max(0, end - position)]
                position += len(block)
                if still and (still[0][0] <= done or wanted is not None):
                    still = [row for row in still if row[0] > done and (wanted is None or _is_set(wanted, row[0]))]
                if still:
                    yield still

    def _batches(self) -> Iterator[Batch]:
        batch, seen = Batch(), dict[Hashable, int]()
        for block in self._blocks():
            parts = [block]
            while parts:
                part = parts.pop()
                encoded = self.encoder.encode(part)
                turns = _turns(encoded.identities, seen)
                if turns and max(turns) >= TURNS:
                    # The same thing comes so often that it must be merged in between.
                    if batch.rows:
                        yield batch
                        batch, seen = Batch(), {}
                        parts.append(part)
                    else:
                        parts += [part[len(part) // 2 :], part[: len(part) // 2]]
                    continue
                _add(batch, part, encoded, turns)
                seen.update(zip(encoded.identities, (turn + 1 for turn in turns or repeat(0)), strict=False))
                if batch.rows >= ROWS or batch.size >= CHARACTERS or len(batch.faults) >= FAULTS:
                    yield batch
                    batch, seen = Batch(), {}
        if batch.rows:
            yield batch


def _turns(identities: list[Hashable], seen: dict[Hashable, int]) -> list[int]:
    """How often each came before in this batch; empty when none did, as is usual."""
    if len(set(identities)) == len(identities) and seen.keys().isdisjoint(identities):
        return []
    counts = dict(seen)
    turns = []
    for identity in identities:
        turn = counts.get(identity, 0)
        turns.append(turn)
        counts[identity] = turn + 1
    return turns


def _add(batch: Batch, block: list[Row], encoded: Encoded, turns: list[int]) -> None:
    if turns:
        texts = "".join([f"{text}\t{turn}\n" for text, turn in zip(encoded.texts, turns, strict=True)])
    else:
        texts = "".join([f"{text}\t0\n" for text in encoded.texts])
    if texts:
        batch.texts.append(texts)
    batch.size += len(texts)
    batch.turns = max(batch.turns, *turns, 0)
    batch.faults += encoded.faults
    batch.rows += len(block)
    batch.line_done = block[-1][0]


def _is_set(bits: bytearray, line: int) -> bool:
    return line >> 3 < len(bits) and bool(bits[line >> 3] >> (line & 7) & 1)


@contextmanager
def _bulk_work() -> Iterator[None]:
    """Settings of the interpreter for reading and merging at once, taken back afterwards.

    The merging thread is let in soon after PostgreSQL answered (by default it would wait 5 ms at every answer), and
    the rows of a block, all alive at once, do not set off the search for reference cycles again and again.
    """
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(0.0002)
    gc.set_threshold(100_000, *thresholds[1:])
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)


def plain_insurer(text: str) -> str:
    """保険者番号 as typed behind ``--insurer``. Raises FileRefusedError."""
    try:
        return tidied("保険者番号", text)
    except NumberSlipError as slip:
        raise FileRefusedError(f"--insurer の保険者番号を確かめてください。{slip}") from None


def _insurer_numbers(typed: list[str]) -> tuple[list[str], str]:
    """Those that are 保険者番号, and what is wrong with the last of the others, where that has a name."""
    numbers, why = [], ""
    for text in typed:
        try:
            number = tidied("保険者番号", text)
        except NumberSlipError as slip:
            why = str(slip)
            continue
        if len(number) == 6 and number.isascii() and number.isdigit():
            numbers.append(number)
    return numbers, why


def _known_insurers() -> frozenset[str]:
    with database.connect(Role.WORKER) as connection:
        numbers = connection.execute("SELECT number FROM registry_insurer WHERE number IS NOT NULL")
        return frozenset(number for (number,) in numbers)


def _whose(source: Source, layout: Layout, expected: str | None, known: frozenset[str]) -> str | None:
    """The insurer whose file this is; None when the layout takes rows of several insurers and none was asked for.

    Raises:
        FileRefusedError: the first rows are of another insurer, or of one that is not known.
    """
    at = source.heading.index(normal(INSURER_NO.label))
    typed = []
    with source.open() as file:
        for line, cells in rows(file, len(source.heading)):
            if line > source.heading_line and cells and cells[0] != END and len(cells) > at:
                typed.append(cells[at].strip())
            if len(typed) == PEEK:
                break
    numbers, slip = _insurer_numbers(typed)
    if expected:
        if numbers and expected not in numbers:
            raise FileRefusedError(
                f"ほかの保険者({numbers[0]})のファイルです。保険者{expected}のファイルを選んでください。"
            )
        return expected
    if not layout.of_one_insurer:
        return None
    if not numbers:
        if not typed:
            raise FileRefusedError("見出しだけで、取り込む行がありません。送り元から取り直してください。")
        raise FileRefusedError(f"「保険者番号」の列が6けたの数字になっていません。{slip}送り元から取り直してください。")
    whose = max(numbers, key=numbers.count)
    if whose not in known:
        raise FileRefusedError(
            f"保険者番号{whose}は登録されていません。ファイルの保険者番号を確かめるか、先に保険者を登録してください。"
        )
    return whose
