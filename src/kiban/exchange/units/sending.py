"""Files put together as sending units: to whom they go, what they bring, about whom, and whether they may go at all.

A unit with an error of the check does not go: the receiver could not take it in. What only the platform knows (is the
receiver there, are the users the receiver's) the gate says when the unit becomes a draft.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kiban.exchange.units.records import INSURED, INSURER, KEYED, Entry, Record, entries_of, names_of
from kiban.formats.careplan.checks import CheckedFile, KnownOffice, read_and_check
from kiban.formats.careplan.layouts import Document, FileName, Finding, Kind, Severity, Source, of_bytes, parse
from kiban.formats.careplan.layouts.faults import UNREADABLE
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH
from kiban.formats.careplan.layouts.units import unit_of

_MAIN = (Kind.PREVENTION, *KEYED)  # 支援計画書 may bring 利用者基本情報 along


@dataclass
class SendingUnit:
    """The files of one ファイル連番 from one office to another.

    Attributes:
        files: name → bytes. documents: name → rows, of the files that could be read.
        checked: the files with what the check found.
    """

    name: FileName
    files: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    checked: list[CheckedFile] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """What the check found, file by file."""
        return [finding for file in self.checked for finding in file.findings]

    @property
    def is_sendable(self) -> bool:
        """Whether the check found nothing that would keep the receiver from taking it in."""
        return bool(self._keyed) and not any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def _keyed(self) -> list[tuple[Kind, Document]]:
        by_kind = {document.layout.kind: document for document in self.documents.values()}
        return [(kind, by_kind[kind]) for kind in dict.fromkeys(_MAIN) if kind in by_kind]

    @property
    def record(self) -> Record:
        """What it brings or takes away. Raises IndexError for a unit without a file that says so."""
        return KEYED[self._keyed[0][0]][0]

    @property
    def is_deletion(self) -> bool:
        """Whether it takes records away."""
        return KEYED[self._keyed[0][0]][1]

    @property
    def month(self) -> str:
        """YYYYMM, or empty."""
        return (self._keyed[0][1].rows[0][self._month_at - 1] or "") if self._month_at else ""

    @property
    def _month_at(self) -> int:
        return self._keyed[0][1].layout.month or 0

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over names and contents: the same files are the same unit, whatever their order."""
        whole = hashlib.sha256()
        for name in sorted(self.files):
            whole.update(f"{name}\0{len(self.files[name])}\0".encode())
            whole.update(self.files[name])
        return whole.hexdigest()

    @cached_property
    def entries(self) -> dict[Entry, bool]:
        """User and key of every record → whether the files name sender and receiver as that user's offices."""
        entries: dict[Entry, bool] = {}
        named = self._users_of_both
        for _, document in self._keyed:
            for entry, row in zip(entries_of(document), document.rows, strict=True):
                entries[entry] = (row[INSURER - 1], row[INSURED - 1]) in named
        return entries

    @cached_property
    def _users_of_both(self) -> set[tuple[str, str]]:
        """Users in whose rows the sender stands as their office, and the receiver as the other one."""
        mine, theirs = self.name.sender, self.name.receiver
        by_kind = {document.layout.kind: document for document in self.documents.values()}

        def users(kind: Kind, column: str, number: str) -> set[tuple[str, str]]:
            document = by_kind.get(kind)
            if document is None:
                return set()
            at = document.layout.number(column) - 1
            return {(row[INSURER - 1], row[INSURED - 1]) for row in document.rows if row[at] == number}

        if Kind.SCHEDULE in by_kind:
            return users(Kind.SCHEDULE, "プラン担当業者コード", mine) & users(
                Kind.SCHEDULE, "サービス事業者コード", theirs
            )
        if Kind.ACTUAL in by_kind:
            return users(Kind.ACTUAL, "サービス事業者コード", mine) & users(Kind.ACTUAL, "プラン担当業者コード", theirs)
        if Kind.PLAN1 in by_kind:
            return users(Kind.PLAN1, "介護支援事業者コード", mine) & users(Kind.PLAN2, "サービス事業者コード", theirs)
        return set()

    @cached_property
    def people(self) -> dict[int, str]:
        """Users by key with the name 利用者補足情報 gives (empty where the unit has none)."""
        names: dict[int, str] = {}
        for document in self.documents.values():
            if document.layout.kind is Kind.USER:
                names |= names_of(document)
        return {key: names.get(key, "") for key, _ in self.entries}

    @property
    def head(self) -> dict[str, object]:
        """What the gate keeps of it (``gate.decide_exchange_stage``)."""
        name = self.name
        return {
            "sender": name.sender,
            "receiver": name.receiver,
            "sender_service": name.sender_service or "",
            "receiver_service": name.receiver_service or "",
            "sequence": name.sequence,
            "tie": min(self.files),
            "record": self.record,
            "is_deletion": self.is_deletion,
            "month": self.month,
            "digest": self.digest,
        }


@dataclass(frozen=True)
class UnitContents:
    """What the stored files of a unit say.

    Attributes:
        checked: the files, read and checked.
        people: users by ``insured_key`` with the name the files give (empty where they give none).
    """

    checked: list[CheckedFile]
    people: dict[int, str]


def read_unit(files: Mapping[str, bytes], known_office: KnownOffice | None = None) -> UnitContents:
    """Read and check the files of a stored unit (name → bytes), each once. Arguments as of ``put_together``."""
    units, others = put_together([of_bytes(name, content) for name, content in files.items()], known_office)
    return UnitContents(
        [*(file for unit in units for file in unit.checked), *others],
        {key: name for unit in units for key, name in unit.people.items()},
    )


def put_together(
    sources: Sequence[Source], known_office: KnownOffice | None = None
) -> tuple[list[SendingUnit], list[CheckedFile]]:
    """The units that files make up, and the files that belong to none. Each file is read and checked once.

    Files of one ファイル連番 that are of several units (a plan and a 利用票) become several units here as well: other
    software writes them within the same second.

    Args:
        known_office: tells whether there is an office with this 事業所番号; None: not asked.
    """
    groups: dict[tuple[str, str, str], list[tuple[Source, FileName]]] = defaultdict(list)
    others = []
    for source in sources:
        name, _ = parse(source.base)
        if name is None:
            others.append(source)
        else:
            groups[name.unit].append((source, name))
    units = []
    for group in groups.values():
        parts: dict[str, list[tuple[Source, FileName]]] = defaultdict(list)
        for source, name in group:
            parts[_part(name, group)].append((source, name))
        units += [_unit(members, known_office) for members in parts.values()]
    return units, read_and_check(others, known_office=known_office).checked


def _unit(members: Sequence[tuple[Source, FileName]], known_office: KnownOffice | None) -> SendingUnit:
    report = read_and_check([source for source, _ in members], known_office=known_office)
    unit = SendingUnit(members[0][1], checked=report.checked)
    unreadable = {finding.file for finding in report.findings if finding.code in UNREADABLE}
    for source, _ in members:
        with source.open() as file:
            unit.files[source.base] = file.read()
        document = report.documents.get(source.name)
        if document is not None and source.name not in unreadable:
            unit.documents[source.base] = document
    return unit


def _part(name: FileName, group: Sequence[tuple[Source, FileName]]) -> str:
    """Which unit of those that share a ファイル連番 a file belongs to: its title and month."""
    kinds = {member.kind for _, member in group}
    if unit_of(kinds) is not None:
        return ""
    if name.kind is Kind.USER:
        wanted = Kind.PLAN1 if name.month == EMPTY_MONTH else Kind.SCHEDULE
        unit = unit_of({wanted})
    else:
        unit = unit_of({name.kind})
    return unit.title if unit else name.kind.value
