"""Files with one thing wrong: the samples' unit, changed in a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from kiban.formats.careplan.checks import Report, check_sources
from kiban.formats.careplan.layouts import PLAIN, Code, Finding, Kind, Readings, layout, of_bytes, samples, write
from kiban.formats.careplan.layouts.names import kind_of
from kiban.formats.careplan.layouts.samples import SCENE, Scene

ALONE = {
    Kind.ACTUAL: "actual",
    Kind.PLAN1_DELETE: "plan_delete",
    Kind.SCHEDULE_DELETE: "schedule_delete",
    Kind.ACTUAL_DELETE: "actual_delete",
    Kind.BASIC_DELETE: "basic_delete",
    Kind.PREVENTION_DELETE: "prevention_delete",
}
UNIT_OF = {
    **ALONE,
    Kind.PLAN1: "plan",
    Kind.PLAN2: "plan",
    Kind.PLAN3: "plan",
    Kind.USER: "schedule",
    Kind.SCHEDULE: "schedule",
    Kind.BENEFIT: "schedule",
    Kind.BASIC: "prevention",
    Kind.BASIC_DAY: "prevention",
    Kind.BASIC_HISTORY: "prevention",
    Kind.PREVENTION: "prevention",
    Kind.PREVENTION_LINES: "prevention",
}
Rows = list[list[str]]


def rows_of(kind: Kind, scene: Scene = SCENE) -> Rows:
    """The sample's rows of a file."""
    return list(samples.rows(layout(kind), scene, with_plan=UNIT_OF[kind] == "plan"))


def name_of(kind: Kind, scene: Scene = SCENE) -> str:
    """The sample's name of a file."""
    return samples.file_name(kind, scene, with_plan=UNIT_OF[kind] == "plan")


def changed(kind: Kind, change: Callable[[Rows], object], scene: Scene = SCENE) -> dict[str, bytes]:
    """The files of the kind's unit, the rows of this file changed."""
    rows = rows_of(kind, scene)
    change(rows)
    return {**samples.unit(UNIT_OF[kind], scene), name_of(kind, scene): raw(kind, rows)}


def cell(kind: Kind, row: int, column: int, value: str, **scene: int) -> dict[str, bytes]:
    """The files of the kind's unit with another value in one cell (row and column from 1)."""

    def change(rows: Rows) -> None:
        rows[row - 1][column - 1] = value

    return changed(kind, change, replace(SCENE, **scene))


def raw(kind: Kind, rows: Iterable[list[str]]) -> bytes:
    """The bytes of rows that need not be right."""
    text = [column.is_text for column in layout(kind).columns]
    lines = []
    for row in rows:
        marked = [*text, *[False] * len(row)]
        cells = ['"' + one.replace('"', '""') + '"' if one and marked[at] else one for at, one in enumerate(row)]
        lines.append(",".join(cells))
    return "".join(f"{line}\r\n" for line in lines).encode("cp932", "surrogateescape")


def content(kind: Kind, scene: Scene = SCENE) -> bytes:
    """The bytes of the sample's file."""
    return write(layout(kind), rows_of(kind, scene))


def with_content(kind: Kind, data: bytes, name: str | None = None) -> dict[str, bytes]:
    """The files of the kind's unit, this one with these bytes (and this name)."""
    files = samples.unit(UNIT_OF[kind])
    del files[name_of(kind)]
    return {**files, name or name_of(kind): data}


def check(files: dict[str, bytes], readings: Readings = PLAIN, known: Callable[[str], bool] | None = None) -> Report:
    """Check files in memory."""
    return check_sources([of_bytes(name, data) for name, data in files.items()], readings, known)


def places_and_codes(report: Report) -> list[tuple[str, int | None, int | None, Code]]:
    """Kind of file, line, column and code of the findings."""
    return [(kind_name(finding), finding.line, finding.column, finding.code) for finding in report.findings]


def kind_name(finding: Finding) -> str:
    """The kind in the file's name, empty when there is none."""
    kind = kind_of(finding.file)
    return kind.value if kind else ""
