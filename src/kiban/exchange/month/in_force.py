"""The month in force: the rows of 予定 and 実績 that are in force between an office and all others, from its boxes.

A care manager's 予定 for one user stands in several units, one for each service office, and each has the services of
all (2.6). An office's own lines are those of the unit sent to it last. Lines of offices to which nothing was sent come
from the user's newest unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kiban.exchange.boxes import acts
from kiban.exchange.participant import Participant
from kiban.exchange.units.records import Entry, Record, entries_of, user_of
from kiban.formats.careplan.layouts import Document, Kind, parse, read_bytes
from kiban.formats.careplan.matching import Matched, match


@dataclass
class MonthInForce:
    """Documents cut down to the rows in force.

    Attributes:
        planned, done, users, benefits: 第6表 予定, 実績, 利用者補足情報 and 第7表; the newest last.
        units: the numbers of the units they come from.
    """

    planned: list[Document] = field(default_factory=list)
    done: list[Document] = field(default_factory=list)
    users: list[Document] = field(default_factory=list)
    benefits: list[Document] = field(default_factory=list)
    units: list[int] = field(default_factory=list)

    def matched(self) -> Matched:
        """予定 against 実績."""
        return match(self.planned, self.done, self.users)


def of_month(participant: Participant, month: str, other: str | None = None) -> MonthInForce:
    """Everything in force of a month (YYYYMM). The names are logged: it opens the units.

    Args:
        other: only what went between the caller's office and this one (事業所番号).
    """
    wanted = _units(participant, month, other)
    result = MonthInForce(units=sorted(wanted))
    opened = acts.open_units(participant, result.units) if wanted else None
    if opened is None:
        return result
    newest: dict[int, tuple[str, Document]] = {}
    sent_to: dict[int, set[str]] = defaultdict(set)
    sheets: list[tuple[str, str, Document]] = []
    for unit in sorted(opened.files, key=lambda number: wanted[number]["sequence"]):
        in_force = opened.in_force.get(unit, set())
        for name, content in opened.files[unit].items():
            parsed, _ = parse(name)
            if parsed is None or not in_force or parsed.kind not in _KINDS:
                continue
            document = read_bytes(content, name)
            if parsed.kind in (Kind.USER, Kind.BENEFIT):
                people = {key for key, _ in in_force}
                into = result.users if parsed.kind is Kind.USER else result.benefits
                into.append(_rows_where(document, (user_of(row) in people for row in document.rows)))
            elif parsed.kind is Kind.ACTUAL:
                result.done.append(_only(document, in_force))
            else:
                document = _only(document, in_force)
                sheets.append((parsed.receiver, parsed.sequence, document))
                for key in _people(document):
                    sent_to[key].add(parsed.receiver)
                    newest[key] = parsed.sequence, document
    for receiver, _, document in sheets:
        result.planned.append(_lines(document, receiver, sent_to, newest))
    return result


_KINDS = (Kind.USER, Kind.BENEFIT, Kind.SCHEDULE, Kind.ACTUAL)


def _units(participant: Participant, month: str, other: str | None) -> dict[int, dict[str, str]]:
    wanted = {}
    for which in ("in", "out"):
        units, _, _ = acts.box(participant, which, month=month, limit=acts.EVERYTHING)
        for unit in units:
            if (
                unit["record"] in (Record.SCHEDULE, Record.ACTUAL)
                and not unit["is_deletion"]
                and unit["state"] != "withdrawn"
                and other in (None, unit["number"])
            ):
                wanted[unit["id"]] = unit
    return wanted


def _only(document: Document, in_force: set[Entry]) -> Document:
    """The rows of users and keys that are in force by this unit."""
    return _rows_where(document, (entry in in_force for entry in entries_of(document)))


def _lines(
    document: Document, receiver: str, sent_to: dict[int, set[str]], newest: dict[int, tuple[str, Document]]
) -> Document:
    """Of a 予定: the receiver's own lines, and lines of offices to which nothing was sent if this is the newest."""
    office = document.layout.number("サービス事業者コード") - 1

    def counts(row: tuple[str, ...]) -> bool:
        key = user_of(row)
        return row[office] == receiver or (row[office] not in sent_to[key] and newest[key][1] is document)

    return _rows_where(document, map(counts, document.rows))


def _rows_where(document: Document, counts: Iterable[bool]) -> Document:
    numbered = zip(document.rows, document.lines, strict=True)
    pairs = [pair for pair, wanted in zip(numbered, counts, strict=True) if wanted]
    return replace(document, rows=[row for row, _ in pairs], lines=[line for _, line in pairs])


def _people(document: Document) -> set[int]:
    return {user_of(row) for row in document.rows}
