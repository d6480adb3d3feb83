"""Files an office wants to send, put together as sending units: to whom, what, about whom, and may it go at all.

A unit with an error of the check does not go: the receiver could not take it in. What only the platform knows (is the
receiver there, are the users the receiver's) the gate says when the unit is kept.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from kiban.formats.careplan.checks import KnownOffice, check_sources
from kiban.formats.careplan.layouts import Document, FileName, Finding, Kind, Severity, Source, parse, read
from kiban.formats.careplan.layouts.faults import UNREADABLE
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH
from kiban.formats.careplan.layouts.units import unit_of
from kiban.registry.numbers import insured_key


class Record(StrEnum):
    """What a unit brings or takes away (the first part of an entry's key)."""

    PLAN = "plan"
    SCHEDULE = "schedule"
    ACTUAL = "actual"
    BASIC = "basic"
    PREVENTION = "prevention"

    @property
    def label(self) -> str:
        """In the words of the screen."""
        return _LABELS[self]


_LABELS = {
    Record.PLAN: "居宅サービス計画(第1〜3表)",
    Record.SCHEDULE: "利用票(第6・7表)",
    Record.ACTUAL: "実績",
    Record.BASIC: "利用者基本情報",
    Record.PREVENTION: "介護予防サービス・支援計画書",
}

# What a kind brings or takes away. The key is the standard's linking key (9); of 実績, which are sent "per
# サービス種類コード + 事業所番号" (10), the office and the service kind besides.
_KEYED: dict[Kind, tuple[Record, bool]] = {
    Kind.PLAN1: (Record.PLAN, False),
    Kind.PLAN1_DELETE: (Record.PLAN, True),
    Kind.SCHEDULE: (Record.SCHEDULE, False),
    Kind.SCHEDULE_DELETE: (Record.SCHEDULE, True),
    Kind.ACTUAL: (Record.ACTUAL, False),
    Kind.ACTUAL_DELETE: (Record.ACTUAL, True),
    Kind.BASIC: (Record.BASIC, False),
    Kind.BASIC_DELETE: (Record.BASIC, True),
    Kind.PREVENTION: (Record.PREVENTION, False),
    Kind.PREVENTION_DELETE: (Record.PREVENTION, True),
}
_FURTHER = {
    Kind.ACTUAL: ("サービス事業者コード", "サービスコード"),
    Kind.ACTUAL_DELETE: ("サービス事業者コード", "サービス種類コード"),
}
_KIND_OF_SERVICE = 2  # characters of a サービスコード
_MAIN = (Kind.PREVENTION, *_KEYED)  # 支援計画書 may bring 利用者基本情報 along
USER_NAME = 6  # 利用者補足情報: 利用者氏名
INSURER, INSURED = 2, 3
Entry = tuple[int, str]


@dataclass
class SendingUnit:
    """The files of one ファイル連番 from one office to another.

    Attributes:
        findings: of the check, those of a file of this unit.
    """

    name: FileName
    files: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sendable(self) -> bool:
        """Whether the check found nothing that would keep the receiver from taking it in."""
        return bool(self._keyed) and not any(one.severity is Severity.ERROR for one in self.findings)

    @property
    def _keyed(self) -> list[tuple[Kind, Document]]:
        by_kind = {one.layout.kind: one for one in self.documents.values()}
        return [(kind, by_kind[kind]) for kind in dict.fromkeys(_MAIN) if kind in by_kind]

    @property
    def record(self) -> Record:
        """What it brings or takes away. Raises IndexError for a unit without a file that says so."""
        return _KEYED[self._keyed[0][0]][0]

    @property
    def is_deletion(self) -> bool:
        """Whether it takes records away."""
        return _KEYED[self._keyed[0][0]][1]

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
        found: dict[Entry, bool] = {}
        named = self._users_of_both
        for _, document in self._keyed:
            for entry, row in zip(entries_of(document), document.rows, strict=True):
                found[entry] = (row[INSURER - 1], row[INSURED - 1]) in named
        return found

    @cached_property
    def _users_of_both(self) -> set[tuple[str, str]]:
        """Users in whose rows the sender stands as their office, and the receiver as the other one."""
        mine, theirs = self.name.sender, self.name.receiver
        by_kind = {one.layout.kind: one for one in self.documents.values()}

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
        names = {
            insured_key(row[INSURER - 1], row[INSURED - 1]): row[USER_NAME - 1]
            for document in self.documents.values()
            if document.layout.kind is Kind.USER
            for row in document.rows
        }
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


def entries_of(document: Document) -> Iterator[Entry]:
    """Of which user and of which record each row speaks. Raises KeyError for a kind that has no key of its own."""
    layout = document.layout
    record, _ = _KEYED[layout.kind]
    link = layout.link[2] - 1
    further = [layout.number(name) - 1 for name in _FURTHER.get(layout.kind, ())]
    for row in document.rows:
        parts = [record, row[link], *(row[at] for at in further)]
        if further:
            parts[-1] = parts[-1][:_KIND_OF_SERVICE]
        yield insured_key(row[INSURER - 1], row[INSURED - 1]), ":".join(parts)


def put_together(
    sources: Sequence[Source], known_office: KnownOffice | None = None
) -> tuple[list[SendingUnit], list[Finding]]:
    """The units that files make up, and findings about files that belong to none.

    Files of one ファイル連番 that are of several units (a plan and a 利用票) become several units here as well: other
    software writes them within the same second.
    """
    groups: dict[tuple[str, str, str], list[tuple[Source, FileName]]] = defaultdict(list)
    strangers = []
    for source in sources:
        name, _ = parse(source.base)
        if name is None:
            strangers.append(source)
        else:
            groups[name.unit].append((source, name))
    units = []
    for group in groups.values():
        parts: dict[str, list[tuple[Source, FileName]]] = defaultdict(list)
        for source, name in group:
            parts[_part(name, group)].append((source, name))
        units += [_unit(members, known_office) for members in parts.values()]
    return units, check_sources(strangers, known_office=known_office).findings


def _unit(members: Sequence[tuple[Source, FileName]], known_office: KnownOffice | None) -> SendingUnit:
    findings = check_sources([source for source, _ in members], known_office=known_office).findings
    unit = SendingUnit(members[0][1], findings=findings)
    unreadable = {one.file for one in findings if one.code in UNREADABLE}
    for source, name in members:
        with source.open() as file:
            unit.files[source.base] = file.read()
        if source.name not in unreadable and name.kind is not Kind.BASIC_IMAGE:
            unit.documents[source.base] = read(source)
    return unit


def _part(name: FileName, group: Sequence[tuple[Source, FileName]]) -> str:
    """Which unit of those that share a ファイル連番 a file belongs to: its title and month."""
    kinds = {one.kind for _, one in group}
    if unit_of(kinds) is not None:
        return ""
    if name.kind is Kind.USER:
        wanted = Kind.PLAN1 if name.month == EMPTY_MONTH else Kind.SCHEDULE
        found = unit_of({wanted})
    else:
        found = unit_of({name.kind})
    return found.title if found else name.kind.value
