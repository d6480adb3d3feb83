"""The result of a check as the page shows it: by file, what is in it, and each finding beside the row it speaks of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kiban.exchange.units.records import INSURED, INSURER
from kiban.formats.careplan.checks import CheckedFile
from kiban.formats.careplan.layouts import Document, Finding, Severity, Who, parse
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.formats.careplan.layouts.sources import base_name

SEVERITIES = {
    Severity.ERROR: ("直さないと取り込めません", "bad"),
    Severity.WARNING: ("確かめてください", "soon"),
    Severity.INFO: ("お知らせ", "off"),
}
WHO = {Who.SENDER: "送った事業所", Who.RECEIVER: "受け取る事業所", Who.US: "このファイルを開いた人"}
ROWS_SHOWN = 60  # findings of a file shown beside their row


@dataclass(frozen=True)
class Cell:
    """A value of the row a finding speaks of."""

    name: str
    value: str
    is_meant: bool


@dataclass(frozen=True)
class Line:
    """A finding; what is said of several rows in the same words is said once."""

    finding: Finding  # at the first of the rows
    words: str  # how grave
    state: str
    who: str
    cells: list[Cell] = field(default_factory=list)
    others: list[int] = field(default_factory=list)  # the further lines it is said of
    same_as: str = ""  # a file before this one of which the same was said at length

    @property
    def number(self) -> int:
        """Of how many rows it is said."""
        return 1 + len(self.others)


@dataclass(frozen=True)
class FileResult:
    """One file."""

    name: str
    title: str  # what kind of file it is; empty when it is none
    month: str  # YYYYMM, or empty
    sender: str
    receiver: str
    rows: int
    users: int
    lines: list[Line]

    @property
    def month_title(self) -> str:
        """The month in words; empty for none and for one that is no month."""
        return month_in_words(self.month)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """How grave, how it is marked, how many; the gravest first."""
        numbers: Counter[Severity] = Counter()
        for line in self.lines:
            numbers[line.finding.severity] += line.number
        return [(words, state, numbers[level]) for level, (words, state) in SEVERITIES.items() if numbers[level]]

    @property
    def is_clean(self) -> bool:
        """Nothing above an information."""
        return all(line.finding.severity is Severity.INFO for line in self.lines)


def results(files: Iterable[CheckedFile]) -> list[FileResult]:
    """Checked files made ready for the page; those with the gravest findings first."""
    ordered = sorted(map(_result, files), key=lambda result: [-_number(result, level) for level in SEVERITIES])
    said: dict[tuple[object, ...], str] = {}  # of whole files: what lacks in a unit is said of each of its files
    return [_said_once(result, said) for result in ordered]


def _said_once(result: FileResult, said: dict[tuple[object, ...], str]) -> FileResult:
    lines = []
    for line in result.lines:
        if line.finding.line is None:
            first = said.setdefault((line.finding.code, line.finding.message, line.finding.remedy), result.name)
            lines.append(line if first == result.name else replace(line, same_as=first))
        else:
            lines.append(line)
    return replace(result, lines=lines)


def _number(result: FileResult, severity: Severity) -> int:
    return sum(line.number for line in result.lines if line.finding.severity is severity)


def _result(file: CheckedFile) -> FileResult:
    name, _ = parse(base_name(file.name))
    rows = file.document.rows if file.document else []
    return FileResult(
        name=file.name,
        title=file.document.layout.title if file.document else "",
        month=(name.month or "") if name else "",
        sender=name.sender if name else "",
        receiver=name.receiver if name else "",
        rows=len(rows),
        users=len({(row[INSURER - 1], row[INSURED - 1]) for row in rows}),
        lines=[
            _line(same, file.document if at < ROWS_SHOWN else None) for at, same in enumerate(_alike(file.findings))
        ],
    )


def _alike(findings: list[Finding]) -> list[list[Finding]]:
    """Findings said in the same words put together; the gravest first, else in the order of the file."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        words = (finding.code, finding.column, finding.message, finding.remedy, finding.line is None)
        alike.setdefault(words, []).append(finding)
    gravity = list(SEVERITIES)
    return sorted(alike.values(), key=lambda same: gravity.index(same[0].severity))


def _line(findings: list[Finding], document: Document | None) -> Line:
    first = findings[0]
    words, state = SEVERITIES[first.severity]
    others = [finding.line for finding in findings[1:] if finding.line is not None]
    return Line(first, words, state, WHO[first.who], _cells(first, document) if document else [], others)


def _cells(finding: Finding, document: Document) -> list[Cell]:
    """The filled cells of the row, and the one that is meant even when it is empty."""
    if finding.line is None or finding.line not in document.lines:
        return []
    row = document.rows[document.lines.index(finding.line)]
    return [
        Cell(name, value, number == finding.column)
        for number, (name, value) in enumerate(zip(document.layout.names, row, strict=True), 1)
        if value or number == finding.column
    ]
