"""Whether the rows of the access log are still those that were sealed (``kiban log verify``).

As the owner. Who holds the database and the key can make all of it anew; that is found by heads that left the machine
(``others``), by a witness, and by an export made before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kiban.gate.sealing import coverage, keys, store
from kiban.gate.sealing.sealer import bridge
from kiban.gate.sealing.store import Connection, Log, Range, Sealed
from kiban.ops import provision
from kiban.tlog import received, tree
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import Head
from kiban.tlog.trust import Trust

# A row whose text cannot be made any more (a field that may not be empty is) is a changed one, too; and one with
# something in a field that its kind of row leaves empty, which its text therefore does not tell.
CHANGED = r"""
SELECT r.id, to_char(r.at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS')
  FROM care.access_log AS r
 WHERE r.leaf IS DISTINCT FROM sha256('\x00'::bytea || r.salt || convert_to(gate.canonical(r), 'UTF8'))
    OR CASE r.step
       WHEN 'question' THEN r.persons <> '{}' OR r.decisions <> '{}' OR r.detail <> '' OR num_nonnulls(r.assignment_id,
            r.consent_id, r.emergency_id, r.question_at, r.question_id, r.numbers, r.day, r.total) > 0
       WHEN 'decision' THEN r.standing <> '{}' OR r.detail <> '' OR num_nonnulls(r.account_id, r.employment_id,
            r.organisation_id, r.delegation_id, r.session, r.certificate, r.purpose, r.matrix, r.attempt,
            r.organisation_kind, r.organisation_number, r.job_type, r.level, r.parties, r.machine, r.items,
            r.parameters) > 0
       ELSE num_nonnulls(r.shard, r.attempt, r.organisation_kind, r.organisation_number, r.job_type, r.level, r.parties,
            r.machine, r.items, r.parameters, r.question_at, r.question_id, r.emergency_id, r.numbers, r.day,
            r.total) > 0 END
 ORDER BY r.id
"""
FUNCTIONS = (
    "データベースの関数が、この版と違います(行の文を作る関数が書き換えられていると、この確かめは当てになりません)。"
    "kiban setup を実行してから、もう一度確かめてください"
)


@dataclass
class Audit:
    """What was looked at, and what does not hold (sentences that say where; no names)."""

    faults: list[str] = field(default_factory=list)
    rows: int = 0
    heads: int = 0


def audit(connection: Connection, others: Sequence[str] = ()) -> Audit:
    """Compare every row with the seal, and the seal with itself and with heads kept elsewhere.

    Args:
        connection: as the owner; everything is of one moment, while others go on writing and sealing.
        others: texts of heads that left the machine.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return looked_at(connection, others)


def looked_at(connection: Connection, others: Sequence[str]) -> Audit:
    """The same, in a transaction that stands."""
    report = Audit()
    if not provision.functions_are_in_place(connection):
        report.faults.append(FUNCTIONS)
    for number, when in connection.execute(CHANGED):
        report.faults.append(f"{when} の閲覧記録(番号 {number})の中身が書き換えられています")
    heads = [head for said in others if (head := _received(said, report)) is not None]
    logs, trust = store.logs(connection), Trust()
    for log, following in zip(logs, [*logs[1:], None], strict=True):
        until = following.after_id if following else store.LAST_ID
        waiting = sorted((one for one in heads if one.origin == log.origin), key=lambda one: one.size)
        wanted = store.to_begin_with(connection, log, logs)
        report.faults += _Tree(connection, log, until, wanted, trust).faults(waiting, report)
    report.faults += coverage.faults(connection, logs)
    known = {log.origin for log in logs}
    report.faults += [
        f"別に受け取った先頭({one.origin})の封印が、このデータベースにありません"
        for one in heads
        if one.origin not in known
    ]
    return report


def _received(said: str, report: Audit) -> Head | None:
    try:
        head = received.head(said)
        if head.note.signed_by(keys.vkeys(head.origin)):
            return head
        report.faults.append("別に受け取った先頭は、この介護情報基盤の鍵の署名ではありません")
    except ProofError as error:
        report.faults.append(f"別に受け取った先頭: {error}")
    return None


@dataclass
class _Tree:
    """One tree, and what is looked at in it.

    Attributes:
        until: ids above it belong to the next tree.
        wanted: the ranges its heads take, one behind the other.
        trust: of the keys, from the tree before on.
    """

    connection: Connection
    log: Log
    until: int
    wanted: list[Range]
    trust: Trust

    def faults(self, waiting: list[Head], report: Audit) -> Iterator[str]:
        log, edge = self.log, tree.Frontier()
        for head in store.heads(self.connection, log.number):
            found = store.split(store.entries(self.connection, log.number, edge.size, head.size))
            if not found or len(found) != head.size - edge.size:
                yield f"{_when(self.connection, head)}の封印の中身がありません(封印{log.number})"
                return
            yield from self._place(head, edge.size, found)
            yield from self._rows(head, found[max(head.first - edge.size, 0) :])
            yield from self._signature(head)
            while waiting and waiting[0].size <= head.size:
                yield from _compared(edge, found, waiting.pop(0), log)
            edge.add(map(tree.leaf_hash, found))
            if edge.root() != head.root:
                yield f"{_when(self.connection, head)}の封印が、署名と合いません(封印{log.number})"
                return
            report.rows += head.size - head.first
            report.heads += 1
        if store.frontier(self.connection, log.number, edge.size).root() != edge.root():
            yield f"封印{log.number}の途中の値(束のハッシュ)が、封印の中身と合いません"
        for one in waiting:
            yield (
                f"別に受け取った先頭は{one.size}行ですが、封印は{edge.size}行しかありません"
                f"({edge.size + 1}行目からあとが消されたか、データベースが前の状態に戻されています。封印{log.number})"
            )

    def _place(self, head: Sealed, size: int, found: Sequence[bytes]) -> Iterator[str]:
        """A head goes on where the one before ended: with its entries, and with the rows it took."""
        bridges = size == 0 and self.log.number > 1
        if bridges:
            before = store.head_before(self.connection, self.log.number)
            if found[0] != bridge(before.note if before else ""):
                yield f"封印{self.log.number}が、前の封印の最後につながっていません"
        taken = head.range
        is_next = any(
            (one.from_xid, one.after_id, one.until_id) == (taken.from_xid, taken.after_id, taken.until_id)
            for one in self.wanted
        )
        if not is_next or taken.below_xid < taken.from_xid or head.first != size + bridges:
            yield f"{_when(self.connection, head)}の封印が、その前の封印の続きになっていません(封印{self.log.number})"
        self.wanted = store.left_of(self.wanted, head)

    def _rows(self, head: Sealed, sealed: Sequence[bytes]) -> Iterator[str]:
        """The rows that came in by a head, as they are now, against what was sealed."""
        there = store.leaves(self.connection, replace(head.range, until_id=min(head.range.until_id, self.until)))
        if there == list(sealed):
            return
        when = _when(self.connection, head)
        gone, new = set(sealed) - set(there), set(there) - set(sealed)
        if gone:
            first = min(at for at, leaf in enumerate(sealed, head.first) if leaf in gone)
            yield (
                f"{when}に封印された行が{len(gone)}件、ないか、書き換えられています(はじめは{first}番。封印{head.log})"
            )
        if new:
            yield f"{when}の封印のあとから、{len(new)}件の行が入れられているか、書き換えられています(封印{head.log})"
        if not gone and not new:
            yield f"{when}に封印された行の順序か数が変わっています(封印{head.log})"

    def _signature(self, head: Sealed) -> Iterator[str]:
        """Signed by the key whose turn it is: the first one, and whoever it handed over to."""
        number = self.log.number
        known = keys.vkeys(self.log.origin)
        try:
            read = Head.read(head.note)
            signing = [key.public for key in read.note.signed_by(known)]
        except ProofError:
            yield f"{_when(self.connection, head)}の署名が合いません(封印{number})"
            return
        if not self.trust.keys and signing:
            self.trust.keys = {signing[0]}  # the oldest
        if (read.origin, read.size, read.root) != (self.log.origin, head.size, head.root):
            yield f"{_when(self.connection, head)}の署名は、別の先頭のものです(封印{number})"
        elif not signing:
            yield f"{_when(self.connection, head)}の署名は、この介護情報基盤の鍵のものではありません(封印{number})"
        elif not self.trust.follows(signing):
            yield f"{_when(self.connection, head)}から、前の鍵が引き継いでいない鍵で署名されています(封印{number})"
            self.trust.keys = {signing[-1]}  # told once


def _compared(edge: tree.Frontier, found: Sequence[bytes], received_head: Head, log: Log) -> Iterator[str]:
    partial = tree.Frontier(edge.size, list(edge.roots))
    partial.add(map(tree.leaf_hash, found[: received_head.size - edge.size]))
    if partial.root() != received_head.root:
        yield (
            f"別に受け取った先頭と、{received_head.size}行目までのどこかが違います"
            f"(同じ鍵で、違う記録が2つ作られています。封印{log.number})"
        )


def _when(connection: Connection, head: Sealed) -> str:
    """Between which moments the rows of a head were sealed, in Japan."""
    rows = connection.execute(
        "SELECT to_char(sealed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') FROM gate.sealed_head"
        " WHERE log = %s AND size <= %s ORDER BY size DESC LIMIT 2",
        [head.log, head.size],
    ).fetchall()
    moments = [str(row[0]) for row in reversed(rows)]
    return f"{moments[0]}から{moments[1]}" if len(moments) == 2 else f"{moments[0]}まで"
