"""All layouts, those of V3.2 derived from V4.1, and how a layout is found from version and column count."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from types import MappingProxyType

from kiban.formats.careplan.layouts import home_care, prevention
from kiban.formats.careplan.layouts.columns import Edition, Kind, Layout, without

LAYOUTS = MappingProxyType({layout.kind: layout for layout in (*home_care.LAYOUTS, *prevention.LAYOUTS)})

# V3.2 is known from the change log only: TAISコード, 福祉用具届出コード and 用具名称 were added in V4.0.
V3_2 = MappingProxyType(
    {
        **{
            kind: without(LAYOUTS[kind], (16, 17, 18), Edition.V3_2, inferred=True)
            for kind in (Kind.SCHEDULE, Kind.ACTUAL)
        },
        Kind.BENEFIT: without(LAYOUTS[Kind.BENEFIT], (10, 11, 12), Edition.V3_2, inferred=True),
        **{
            kind: without(LAYOUTS[kind], (), Edition.V3_2)
            for kind in (
                Kind.USER,
                Kind.PLAN1,
                Kind.PLAN1_DELETE,
                Kind.PLAN2,
                Kind.SCHEDULE_DELETE,
                Kind.ACTUAL_DELETE,
            )
        },
    }
)

# CSVバージョン values of the standard's own history, and what became of them.
VERSIONS = MappingProxyType(
    {
        "202407": "4.1版",
        "202504": "4.0版(4.1版に置き換えられた)",
        "202208": "3版・3.1版・3.2版",
        "202003": "2020年3月の版",
        "201910": "2019年5月の版",
    }
)
CURRENT = Edition.V4_1.value
OLD = frozenset({"202208", "202003", "201910"})


def layout(kind: Kind | str, edition: Edition = Edition.V4_1) -> Layout:
    """The layout of a kind (``UPPLAN`` …). Raises LookupError: the edition has no such kind, or it is the image."""
    known = (LAYOUTS if edition is Edition.V4_1 else V3_2).get(Kind(kind)) if kind in set(Kind) else None
    if known is None:
        raise LookupError(str(kind))
    return known


def choose(kind: Kind, version: str, width: int) -> Layout:
    """The layout for a record: by version, and by the number of columns where the two disagree."""
    old, new = V3_2.get(kind), LAYOUTS[kind]
    if old is None or (old.width != new.width and width == new.width):
        return new
    if old.width != new.width:
        return old if width == old.width or version in OLD else new
    return old if version in OLD else new


def candidates(width: int) -> tuple[Kind, ...]:
    """The kinds a record of so many columns can be of."""
    return tuple(kind for kind in Kind if any(table[kind].width == width for table in (LAYOUTS, V3_2) if kind in table))


def by_heading(cells: Sequence[str]) -> Layout | None:
    """The layout whose column names stand in a row; None when it is no heading.

    Half of the cells have to be names: somebody added a heading, perhaps with names of their own in it.
    """
    given = [_plain(cell) for cell in cells]
    if not given or (_plain("CSVバージョン") not in given[:1] and sum(map(bool, given)) < 3):
        return None
    best, most = None, 0
    for table in (LAYOUTS, V3_2):
        for candidate in table.values():
            names = {_plain(name) for name in candidate.names}
            score = sum(cell in names for cell in given) - abs(candidate.width - len(given))
            if score > most:
                best, most = candidate, score
    return best if best and 2 * most >= len(given) else None


def is_heading(cells: Sequence[str]) -> bool:
    """Whether a row has column names in it and not data: also a heading of no layout known here."""
    first = _plain(cells[0]) if cells else ""
    return first == _plain("CSVバージョン") or (
        not any(char.isdigit() for char in first) and by_heading(cells) is not None
    )


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).strip("\ufeff").casefold()
