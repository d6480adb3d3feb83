"""Whether the rows of the access log are still those that were sealed (``kiban log verify``).

As the owner. Who holds the database and the key can make all of it anew; that is found by heads that left the machine
(``others``), by a witness, and by an export made before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kiban.gate.sealing import keys, store
from kiban.gate.sealing.sealer import bridge
from kiban.gate.sealing.store import Connection, Log, Sealed
from kiban.tlog import tree
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import Head, Key

CHANGED = r"""
SELECT r.id, to_char(r.at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS')
  FROM care.access_log AS r
 WHERE r.leaf <> sha256('\x00'::bytea || r.salt || convert_to(gate.canonical(r), 'UTF8'))
 ORDER BY r.id
"""


@dataclass
class Audit:
    """What was looked at, and what does not hold (sentences that say where; no names)."""

    faults: list[str] = field(default_factory=list)
    rows: int = 0
    heads: int = 0


def audit(connection: Connection, others: Sequence[str] = ()) -> Audit:
    """Compare every row with the seal, and the seal with itself and with heads kept elsewhere.

    Args:
        connection: as the owner.
        others: texts of heads that left the machine.
    """
    report = Audit()
    for number, when in connection.execute(CHANGED):
        report.faults.append(f"{when} の閲覧記録(番号 {number})の中身が書き換えられています")
    received = [head for said in others if (head := _received(said, report)) is not None]
    before: Log | None = None
    all_logs = store.logs(connection)
    for log, following in zip(all_logs, [*all_logs[1:], None], strict=True):
        until = following.after_id if following else store.LAST_ID
        waiting = sorted((one for one in received if one.origin == log.origin), key=lambda one: one.size)
        report.faults += _log(connection, (before, log), until, waiting, report)
        before = log
    known = {log.origin for log in all_logs}
    report.faults += [
        f"別に受け取った先頭({one.origin})の封印が、このデータベースにありません"
        for one in received
        if one.origin not in known
    ]
    return report


def _received(said: str, report: Audit) -> Head | None:
    try:
        head = Head.read(said)
        if head.note.signed_by(keys.vkeys(head.origin)):
            return head
        report.faults.append("別に受け取った先頭は、この介護情報基盤の鍵の署名ではありません")
    except ProofError as error:
        report.faults.append(f"別に受け取った先頭: {error}")
    return None


def _log(
    connection: Connection, pair: tuple[Log | None, Log], until: int, waiting: list[Head], report: Audit
) -> Iterator[str]:
    before, log = pair
    edge, latest = tree.Frontier(), None
    checker = _Signatures(keys.vkeys(log.origin))
    for head in store.heads(connection, log.number):
        found = store.split(store.entries(connection, log.number, edge.size, head.size))
        if len(found) != head.size - edge.size:
            yield f"{_when(connection, head)}の封印の中身がありません(封印{log.number})"
            return
        if edge.size == 0 and before is not None:
            left = store.last_head(connection, before.number)
            if found[0] != bridge(left.note if left else ""):
                yield f"封印{log.number}が、前の封印の最後につながっていません"
        yield from _rows(connection, head, until, found[head.first - edge.size :])
        yield from checker.faults(connection, log, head)
        while waiting and waiting[0].size <= head.size:
            yield from _compared(edge, found, waiting.pop(0), log)
        edge.add(map(tree.leaf_hash, found))
        if edge.root() != head.root:
            yield f"{_when(connection, head)}の封印が、署名と合いません(封印{log.number})"
            return
        report.rows += head.size - head.first
        report.heads += 1
        latest = head
    size = latest.size if latest else 0
    for one in waiting:
        yield (
            f"別に受け取った先頭は{one.size}行ですが、封印は{size}行しかありません"
            f"({size + 1}行目からあとが消されたか、データベースが前の状態に戻されています。封印{log.number})"
        )


def _compared(edge: tree.Frontier, found: Sequence[bytes], received: Head, log: Log) -> Iterator[str]:
    partial = tree.Frontier(edge.size, list(edge.roots))
    partial.add(map(tree.leaf_hash, found[: received.size - edge.size]))
    if partial.root() != received.root:
        yield (
            f"別に受け取った先頭と、{received.size}行目までのどこかが違います"
            f"(同じ鍵で、違う記録が2つ作られています。封印{log.number})"
        )


def _rows(connection: Connection, head: Sealed, until: int, sealed: Sequence[bytes]) -> Iterator[str]:
    """The rows that came in by a head, as they are now, against what was sealed."""
    there = store.leaves(connection, replace(head.range, until_id=min(head.range.until_id, until)))
    if there == list(sealed):
        return
    when = _when(connection, head)
    gone, new = set(sealed) - set(there), set(there) - set(sealed)
    if gone:
        first = min(at for at, leaf in enumerate(sealed, head.first) if leaf in gone)
        yield f"{when}に封印された行が{len(gone)}件、ないか、書き換えられています(はじめは{first}番。封印{head.log})"
    if new:
        yield f"{when}の封印のあとから、{len(new)}件の行が入れられているか、書き換えられています(封印{head.log})"
    if not gone and not new:
        yield f"{when}に封印された行の順序か数が変わっています(封印{head.log})"


class _Signatures:
    """Which keys are trusted: the newest, and every one that a trusted one signed beside."""

    def __init__(self, known: Sequence[Key]) -> None:
        self.known = known
        self.trusted: set[bytes] = set()

    def faults(self, connection: Connection, log: Log, head: Sealed) -> Iterator[str]:
        try:
            read = Head.read(head.note)
            signing = {key.public for key in read.note.signed_by(self.known)}
        except ProofError:
            yield f"{_when(connection, head)}の署名が合いません(封印{log.number})"
            return
        if (read.origin, read.size, read.root) != (log.origin, head.size, head.root):
            yield f"{_when(connection, head)}の署名は、別の先頭のものです(封印{log.number})"
        elif not signing:
            yield f"{_when(connection, head)}の署名は、この介護情報基盤の鍵のものではありません(封印{log.number})"
        elif self.trusted and not signing & self.trusted:
            yield f"{_when(connection, head)}から、前の鍵が引き継いでいない鍵で署名されています(封印{log.number})"
        self.trusted |= signing


def _when(connection: Connection, head: Sealed) -> str:
    """Between which moments the rows of a head were sealed, in Japan."""
    rows = connection.execute(
        "SELECT to_char(sealed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') FROM gate.sealed_head"
        " WHERE log = %s AND size <= %s ORDER BY size DESC LIMIT 2",
        [head.log, head.size],
    ).fetchall()
    moments = [str(row[0]) for row in reversed(rows)]
    return f"{moments[0]}から{moments[1]}" if len(moments) == 2 else f"{moments[0]}まで"
