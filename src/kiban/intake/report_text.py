"""What became of the files, in words for the person who brought them in."""

from __future__ import annotations

import datetime as dt
import sys
import time
from dataclasses import asdict
from typing import Any, TextIO

from kiban.intake.load import Report
from kiban.intake.refusals import Fault
from kiban.terms import wareki

BAR = 30  # characters
EVERY = 10.0  # seconds between plain lines


def as_json(report: Report) -> dict[str, Any]:
    """All of a report, for programs."""
    return {**asdict(report), "faults": [fault._asdict() for fault in report.faults], "exit_code": report.exit_code}


def lines(report: Report) -> list[str]:
    """A report for the screen."""
    if report.refused:
        return [f"{report.file}: 取り込みませんでした。{report.refused}"]
    head = f"{report.file}: {report.label}"
    if report.stopped:
        return [f"{head} — 途中で止まりました。{report.stopped}"]
    if report.already:
        day = wareki.to_wareki(dt.date.fromisoformat(report.already))
        return [f"{head} — {day}に取り込んだファイルと同じです。何も変えていません。"]
    notes = ""
    if report.retried:
        notes = "(前にエラーだった行だけをやり直しました)"
    elif report.resumed_at:
        notes = f"(前に止まった{report.resumed_at:,}行目の次から続けました)"
    counts = (
        f"{report.rows:,}件 — 追加 {report.added:,}、変更 {report.changed:,}、変更なし {report.unchanged:,}、"
        f"エラー {report.faulty:,}"
    )
    text_lines = [f"{head} {counts}{notes}"]
    text_lines += [f"  エラー {fault_text(fault)}" for fault in report.faults]
    return text_lines


def fault_text(fault: Fault) -> str:
    """One fault as one line; it never holds the value."""
    place = f"{fault.line}行目" + (f" {fault.column}列目「{fault.heading}」" if fault.column else "")
    class_in_brackets = f"({fault.value_class})" if fault.value_class else ""
    return f"{place}{class_in_brackets} {fault.reason}{fault.remedy}"


def summary(reports: list[Report]) -> list[str]:
    """Counts per layout, when there is more than one file."""
    done = [report for report in reports if not report.refused]
    if len(reports) < 2:
        return []
    text_lines = ["合計:"]
    for label in dict.fromkeys(report.label for report in done):
        of = [report for report in done if report.label == label]
        total = {
            name: sum(getattr(report, name) for report in of) for name in ("rows", "added", "changed", "unchanged")
        }
        text_lines.append(
            f"  {label}: {total['rows']:,}件 — 追加 {total['added']:,}、変更 {total['changed']:,}、"
            f"変更なし {total['unchanged']:,}、エラー {sum(report.faulty for report in of):,}"
        )
    refused = len(reports) - len(done)
    if refused:
        text_lines.append(f"  取り込まなかったファイル: {refused}")
    return text_lines


class ProgressBar:
    """How far a file is, on stderr: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, name: str, stream: TextIO = sys.stderr) -> None:
        self.name, self.stream = name, stream
        self.is_terminal = stream.isatty()
        self.began = self.said_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        part = min(1.0, done / max(1, total))
        now = time.monotonic()
        if self.is_terminal:
            rest = (now - self.began) * (1 - part) / part if part else 0
            bar = ("█" * round(part * BAR)).ljust(BAR, "·")
            self.stream.write(f"\r{self.name} {bar} {part:4.0%} のこり約{rest:.0f}秒 ")
            self.stream.flush()
        elif now - self.said_at >= EVERY:
            self.said_at = now
            self.stream.write(f"{self.name}: {done:,}/{total:,}行\n")
            self.stream.flush()

    def close(self) -> None:
        """Leave the line of the bar."""
        if self.is_terminal:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
