"""Sending units: which files go together under one ファイル連番, and which records they link by."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.formats.careplan.layouts.columns import Kind


@dataclass(frozen=True)
class Unit:
    """One sending unit (body 2.4, 3.4).

    Attributes:
        kinds: what has to be there.
        may: what may travel with it.
        parent: the kind whose records the others belong to.
    """

    title: str
    kinds: frozenset[Kind]
    may: frozenset[Kind] = frozenset()
    parent: Kind | None = None

    def of(self, kind: Kind) -> bool:
        """Whether a kind travels in this unit."""
        return kind in self.kinds or kind in self.may


_BASIC_TAIL = frozenset({Kind.BASIC_DAY, Kind.BASIC_HISTORY, Kind.BASIC_IMAGE})

PLAN = Unit(
    "居宅サービス計画(第1表・第2表・第3表・利用者補足情報)",
    frozenset({Kind.PLAN1, Kind.PLAN2, Kind.PLAN3, Kind.USER}),
    parent=Kind.PLAN1,
)
SCHEDULE = Unit(
    "利用票(第6表・第7表・利用者補足情報)",
    frozenset({Kind.SCHEDULE, Kind.BENEFIT, Kind.USER}),
    parent=Kind.SCHEDULE,
)
BASIC = Unit("利用者基本情報", frozenset({Kind.BASIC}), _BASIC_TAIL, Kind.BASIC)
PREVENTION = Unit(
    "介護予防サービス・支援計画書(利用者基本情報といっしょでもよい)",
    frozenset({Kind.PREVENTION}),
    _BASIC_TAIL | {Kind.BASIC, Kind.PREVENTION_LINES},
    Kind.PREVENTION,
)
ALONE = tuple(
    Unit(title, frozenset({kind}))
    for title, kind in (
        ("実績", Kind.ACTUAL),
        ("第1表の削除", Kind.PLAN1_DELETE),
        ("第6表の予定の削除", Kind.SCHEDULE_DELETE),
        ("第6表の実績の削除", Kind.ACTUAL_DELETE),
        ("利用者基本情報の削除", Kind.BASIC_DELETE),
        ("支援計画書の削除", Kind.PREVENTION_DELETE),
    )
)
UNITS = (PLAN, SCHEDULE, BASIC, PREVENTION, *ALONE)
PARENTS = {
    Kind.PLAN2: Kind.PLAN1,
    Kind.PLAN3: Kind.PLAN1,
    Kind.BENEFIT: Kind.SCHEDULE,
    Kind.BASIC_DAY: Kind.BASIC,
    Kind.BASIC_HISTORY: Kind.BASIC,
    Kind.PREVENTION_LINES: Kind.PREVENTION,
}
# A record of the parent without one of these is a gap.
WANTED = {
    Kind.PLAN1: (Kind.PLAN2, Kind.PLAN3, Kind.USER),
    Kind.SCHEDULE: (Kind.BENEFIT, Kind.USER),
}


def unit_of(kinds: set[Kind]) -> Unit | None:
    """The unit the files of one ファイル連番 make up; None when they belong to several."""
    for unit in UNITS:
        if all(unit.of(kind) for kind in kinds) and (kinds & unit.kinds or len(kinds) == 1):
            return unit
    for unit in UNITS:
        if all(unit.of(kind) for kind in kinds):
            return unit
    return None
