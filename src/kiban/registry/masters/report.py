"""What a load did and found, for people (Japanese) and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

LINES_SHOWN = 5
REFUSALS_SHOWN = 20
REPORTS_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """One thing about one row: ``line`` is its first line in the file (0: the file as a whole)."""

    line: int
    column: str
    message: str
    remedy: str


@dataclass
class Report:
    """The outcome for one master of one file.

    ``rows`` = ``added`` + ``changed`` + ``unchanged`` + ``repeated`` + the number of ``refused`` (left out); rows with
    ``warnings`` were kept. ``withdrawn`` counts what stood before and is not in the file.
    """

    file: str
    dataset: str
    title: str
    label: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    repeated: int = 0
    refused: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    note: str = ""

    def refuse(self, line: int, column: str, message: str, remedy: str) -> None:
        """The row is left out."""
        self.refused.append(Finding(line, column, message, remedy))

    def warn(self, line: int, column: str, message: str, remedy: str = "公表のまま読み込みました。") -> None:
        """The row is kept."""
        self.warnings.append(Finding(line, column, message, remedy))

    def as_json(self) -> dict[str, Any]:
        """All of it, findings included."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For the screen: one line of counts, then refusals one by one and warnings put together."""
        if self.note:
            return [f"{self.file}: {self.title} {self.note}"]
        counts = (
            f"追加 {self.added:,}、変更 {self.changed:,}、変更なし {self.unchanged:,}、"
            f"公表から消えた {self.withdrawn:,}、読み込めない行 {len(self.refused):,}"
        )
        if self.repeated:
            counts += f"、前と同じ行のくり返し {self.repeated:,}"
        text_lines = [f"{self.file}: {self.title}({self.label}) {self.rows:,}行 — {counts}"]
        for finding in self.refused[:REFUSALS_SHOWN]:
            text_lines.append(f"  エラー {finding.line}行目 「{finding.column}」 {finding.message} {finding.remedy}")
        if len(self.refused) > REFUSALS_SHOWN:
            more = len(self.refused) - REFUSALS_SHOWN
            text_lines.append(f"  エラー ほか{more:,}行(--findings でファイルに書き出せます)")
        groups: dict[tuple[str, str, str], list[int]] = {}
        for finding in self.warnings:
            groups.setdefault((finding.column, finding.message, finding.remedy), []).append(finding.line)
        for (column, message, remedy), numbers in groups.items():
            text_lines.append(f"  注意 {_where(numbers)}「{column}」 {message} {remedy}")
        return text_lines


def lines(reports: list[Report]) -> list[str]:
    """For the screen: the reports of one file, put together when it holds many kinds."""
    if len(reports) <= REPORTS_SHOWN:
        return [line for report in reports for line in report.lines()]
    first = reports[0]
    whole = Report(first.file, first.dataset, f"{len(reports)}種類のサービス", first.label)
    for report in reports:
        for count in ("rows", "added", "changed", "unchanged", "withdrawn", "repeated"):
            setattr(whole, count, getattr(whole, count) + getattr(report, count))
        whole.refused += report.refused
        whole.warnings += report.warnings
    return whole.lines()


def _where(numbers: list[int]) -> str:
    if numbers == [0]:
        return ""
    more = "…" if len(numbers) > LINES_SHOWN else ""
    return f"{len(numbers):,}行({'、'.join(map(str, numbers[:LINES_SHOWN]))}{more}行目) "
