"""The check: everything that is wrong with files of the exchange, in the words of those who have to mend it.

    report = check_paths([Path("outbox")])
    report.findings, report.exit_code

    report = read_and_check([of_bytes(name, content), …])
    report.documents[name].rows, report.findings

Needs nothing but ``kiban.formats.careplan.layouts``. Never raises for what is in a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kiban.formats.careplan.checks.cells import KnownOffice
from kiban.formats.careplan.checks.file import Facts, check_file
from kiban.formats.careplan.checks.gathering import gather
from kiban.formats.careplan.checks.sets import check_sets, in_order
from kiban.formats.careplan.layouts.faults import UNREADABLE, Finding, Severity
from kiban.formats.careplan.layouts.reading import Document
from kiban.formats.careplan.layouts.readings import PLAIN, Readings
from kiban.formats.careplan.layouts.sources import Source

__all__ = ["CheckedFile", "KnownOffice", "Report", "check_paths", "check_sources", "read_and_check"]


@dataclass(frozen=True)
class CheckedFile:
    """One file: what the check found, and its rows where they were asked for and could be read."""

    name: str
    findings: list[Finding]
    document: Document | None


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        files: names of the files that were checked. rows: how many rows they have.
        documents: the files that could be read, by name; empty unless they were asked for (``read_and_check``).
    """

    findings: list[Finding]
    files: list[str] = field(default_factory=list)
    rows: int = 0
    documents: dict[str, Document] = field(default_factory=dict)

    @property
    def checked(self) -> list[CheckedFile]:
        """The files one by one, in the order given; files of one name together."""
        findings: dict[str, list[Finding]] = {name: [] for name in self.files}
        for finding in self.findings:
            findings.setdefault(finding.file, []).append(finding)
        return [CheckedFile(name, findings[name], self.documents.get(name)) for name in dict.fromkeys(self.files)]

    @property
    def exit_code(self) -> int:
        """0 nothing above info, 1 errors or warnings, 2 something could not be read as such a file at all."""
        if any(finding.code in UNREADABLE for finding in self.findings):
            return 2
        return int(any(finding.severity is not Severity.INFO for finding in self.findings))


def check_paths(paths: Iterable[Path], readings: Readings = PLAIN, known_office: KnownOffice | None = None) -> Report:
    """Check files, folders (with everything in them) and zips together.

    Args:
        known_office: tells whether there is an office with this 事業所番号; None: not asked.
    """
    sources, findings = gather(paths, readings)
    return check_sources(sources, readings, known_office, findings)


def check_sources(
    sources: Sequence[Source],
    readings: Readings = PLAIN,
    known_office: KnownOffice | None = None,
    before: Iterable[Finding] = (),
) -> Report:
    """The same for files wherever they lie. ``before``: findings made while they were gathered.

    No row is kept: memory does not grow with the files.
    """
    return _report([check_file(source, readings, known_office) for source in sources], readings, before)


def read_and_check(
    sources: Sequence[Source], readings: Readings = PLAIN, known_office: KnownOffice | None = None
) -> Report:
    """Check files and read them into memory, going through each once. Arguments as of ``check_sources``."""
    return _report([check_file(source, readings, known_office, keep_rows=True) for source in sources], readings)


def _report(files: Sequence[Facts], readings: Readings, before: Iterable[Finding] = ()) -> Report:
    findings = [*before, *(finding for facts in files for finding in facts.findings), *check_sets(files, readings)]
    return Report(
        in_order(findings, files),
        [facts.file for facts in files],
        sum(facts.rows for facts in files),
        {facts.file: facts.document for facts in files if facts.document},
    )
