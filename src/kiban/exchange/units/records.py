"""What the files of a unit bring or take away, and the key by which each of their rows is told from others."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from kiban.formats.careplan.layouts import Document, Kind
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

# A kind of file → the record its rows speak of, and whether they take it away. The key of a row is the standard's
# linking key (9). 実績 are sent "per サービス種類コード + 事業所番号" (10): their key has office and service kind, too.
KEYED: dict[Kind, tuple[Record, bool]] = {
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
# Columns, from 1: of every kind, and of 利用者補足情報.
INSURER, INSURED = 2, 3
USER_NAME = 6
Row = tuple[str, ...]
Entry = tuple[int, str]  # insured_key of the user, key of the record


def user_of(row: Row) -> int:
    """The ``insured_key`` of the user a row speaks of."""
    return insured_key(row[INSURER - 1], row[INSURED - 1])


def entries_of(document: Document) -> Iterator[Entry]:
    """The user and the record each row speaks of. Raises KeyError for a kind that has no key of its own."""
    layout = document.layout
    record, _ = KEYED[layout.kind]
    link = layout.link[2] - 1
    further = [layout.number(name) - 1 for name in _FURTHER.get(layout.kind, ())]
    for row in document.rows:
        parts = [record, row[link], *(row[at] for at in further)]
        if further:
            parts[-1] = parts[-1][:_KIND_OF_SERVICE]
        yield user_of(row), ":".join(parts)


def names_of(document: Document) -> dict[int, str]:
    """The users of a 利用者補足情報 with their names, by ``insured_key``."""
    return {user_of(row): row[USER_NAME - 1] for row in document.rows}
