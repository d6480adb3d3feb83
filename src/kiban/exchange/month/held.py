"""What holds of a month: the rows of 予定 and 実績 that are in force between an office and all others, from its boxes.

A care manager's 予定 for one user stands in several units, one for each service office, and each holds the services of
all (2.6). What an office was told last is what counts for its own lines; lines of offices nobody sent anything to come
from the user's newest unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.acts import Seat
from kiban.exchange.units.sending import INSURED, INSURER, Record, entries_of
from kiban.formats.careplan.layouts import Document, Kind, parse, read_bytes
from kiban.registry.numbers import insured_key

MOST_UNITS = 5000


@dataclass
class Held:
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


def of_month(seat: Seat, month: str, other: str | None = None) -> Held:
    """Everything in force of a month (YYYYMM). The names are logged: it opens the units.

    Args:
        other: only what went between the caller's office and this one (事業所番号).
    """
    wanted = _units(seat, month, other)
    held = Held(units=sorted(wanted))
    opened = acts.open_units(seat, held.units) if wanted else None
    if opened is None:
        return held
    newest: dict[int, tuple[str, Document]] = {}
    told: dict[int, set[str]] = defaultdict(set)
    sheets: list[tuple[str, str, Document]] = []
    for unit in sorted(opened.files, key=lambda one: wanted[one]["sequence"]):
        in_force = opened.in_force.get(unit, set())
        for name, content in opened.files[unit].items():
            parsed, _ = parse(name)
            if parsed is None or not in_force or parsed.kind not in _TAKEN:
                continue
            document = read_bytes(content, name)
            if parsed.kind in (Kind.USER, Kind.BENEFIT):
                people = {key for key, _ in in_force}
                into = held.users if parsed.kind is Kind.USER else held.benefits
                into.append(_kept(document, (_key(row) in people for row in document.rows)))
            elif parsed.kind is Kind.ACTUAL:
                held.done.append(_only(document, in_force))
            else:
                document = _only(document, in_force)
                sheets.append((parsed.receiver, parsed.sequence, document))
                for key in _people(document):
                    told[key].add(parsed.receiver)
                    newest[key] = parsed.sequence, document
    for receiver, _, document in sheets:
        held.planned.append(_lines(document, receiver, told, newest))
    return held


_TAKEN = (Kind.USER, Kind.BENEFIT, Kind.SCHEDULE, Kind.ACTUAL)


def _units(seat: Seat, month: str, other: str | None) -> dict[int, dict[str, str]]:
    found = {}
    for which in ("in", "out"):
        units, _, _ = acts.box(seat, which, month=month, limit=MOST_UNITS)
        for unit in units:
            if (
                unit["record"] in (Record.SCHEDULE, Record.ACTUAL)
                and not unit["is_deletion"]
                and unit["state"] != "withdrawn"
                and other in (None, unit["number"])
            ):
                found[unit["id"]] = unit
    return found


def _only(document: Document, in_force: set[tuple[int, str]]) -> Document:
    """The rows of users and keys of which this unit has the last word."""
    return _kept(document, (entry in in_force for entry in entries_of(document)))


def _lines(
    document: Document, receiver: str, told: dict[int, set[str]], newest: dict[int, tuple[str, Document]]
) -> Document:
    """Of a 予定: the receiver's own lines, and lines of offices that were told nothing if this is the user's newest."""
    office = document.layout.number("サービス事業者コード") - 1

    def counts(row: tuple[str, ...]) -> bool:
        key = _key(row)
        return row[office] == receiver or (row[office] not in told[key] and newest[key][1] is document)

    return _kept(document, map(counts, document.rows))


def _kept(document: Document, keep: Iterable[bool]) -> Document:
    pairs = [pair for pair, wanted in zip(zip(document.rows, document.lines, strict=True), keep, strict=True) if wanted]
    return replace(document, rows=[row for row, _ in pairs], lines=[line for _, line in pairs])


def _people(document: Document) -> set[int]:
    return {_key(row) for row in document.rows}


def _key(row: tuple[str, ...]) -> int:
    return insured_key(row[INSURER - 1], row[INSURED - 1])
