"""What ``kiban exchange`` does: check files, write sample files, write the page of layouts. Needs no database."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from kiban.formats.careplan.checks import KnownOffice, Report, check_paths
from kiban.formats.careplan.layouts import page, samples
from kiban.formats.careplan.layouts.faults import Finding, Severity, Who
from kiban.formats.leftovers import is_blank

SEVERITY = {Severity.ERROR: "誤り", Severity.WARNING: "注意", Severity.INFO: "お知らせ"}
HEADING = "事業所番号"
WHO = {Who.SENDER: "送る側", Who.RECEIVER: "受け取る側", Who.US: "こちら"}


def arguments(parser: ArgumentParser) -> None:
    """The subcommands."""
    commands = parser.add_subparsers(dest="do", required=True, metavar="check|layouts|sample")
    check = commands.add_parser("check", help="ケアプランデータ連携のファイルを検査する")
    check.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="ファイル、フォルダ、zip")
    check.add_argument("--json", action="store_true", help="結果をJSONで出す")
    check.add_argument(
        "--offices", type=Path, action="append", metavar="CSV", help="事業所の一覧(見出し「事業所番号」のあるCSV)"
    )
    commands.add_parser("layouts", help="全部の列をMarkdownで出す")
    sample = commands.add_parser("sample", help="見本のファイル(架空の人)を作る")
    sample.add_argument("folder", type=Path, metavar="フォルダ", help="書き出す場所")
    sample.add_argument("--unit", choices=sorted(samples.UNITS), action="append", help="送る組(省くと全部)")


def run(options: Namespace, out: TextIO = sys.stdout) -> int:
    """Carry out a subcommand; returns the exit code."""
    try:
        return _run(options, out)
    except BrokenPipeError:  # whoever reads the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        return 1


def _run(options: Namespace, out: TextIO) -> int:
    if options.do == "layouts":
        out.write(page.markdown())
        return 0
    if options.do == "sample":
        return _sample(options, out)
    try:
        known = offices(options.offices) if options.offices else None
    except OSError as error:
        sys.stderr.write(f"事業所の一覧を読めません: {Path(str(error.filename)).name} を開けません。\n")
        return 2
    except ValueError as error:
        sys.stderr.write(f"事業所の一覧を読めません: {error}。\n")
        return 2
    report = check_paths(options.paths, known_office=known)
    if options.json:
        as_json(report, out)
    else:
        out.writelines(f"{line}\n" for line in as_text(report))
    out.flush()
    return report.exit_code


def offices(paths: Iterable[Path]) -> KnownOffice:
    """Whether an office number stands in one of these lists, as the ministry publishes them.

    Raises:
        OSError: a list cannot be opened.
        ValueError: it has no column 事業所番号.
    """
    known: set[str] = set()
    for path in paths:
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp932", "replace")
        rows = csv.reader(io.StringIO(text, newline=""))
        heading = [cell.strip() for cell in next((cells for cells in rows if not is_blank(cells)), [])]
        if HEADING not in heading:
            raise ValueError(f"{path.name} に見出し「{HEADING}」がありません")
        at = heading.index(HEADING)
        known.update(row[at].strip() for row in rows if len(row) > at and row[at].strip())
    return known.__contains__


def as_json(report: Report, out: TextIO) -> None:
    """The findings as a JSON object."""
    json.dump({"findings": [finding.as_json() for finding in report.findings]}, out, ensure_ascii=False, indent=1)
    out.write("\n")


def as_text(report: Report) -> Iterator[str]:
    """The findings as people read them."""
    before = None
    for finding in report.findings:
        if finding.file != before:
            yield f"■ {finding.file}"
            before = finding.file
        yield from _lines(finding)
    counts = Counter(finding.severity for finding in report.findings)
    counted = "、".join(f"{label}{counts[severity]:,}件" for severity, label in SEVERITY.items())
    yield f"{len(report.files):,}個のファイル、{report.rows:,}行を調べました。{counted}。"


def _lines(finding: Finding) -> Iterable[str]:
    place = f"{finding.line:,}行目 " if finding.line else "ファイル全体 "
    if finding.column:
        place += f"{finding.column}列目「{finding.column_name}」 "
    yield f"  {SEVERITY[finding.severity]} {place}[{finding.code.value}]"
    yield f"    {finding.message}"
    yield f"    → {finding.remedy}(直す人: {WHO[finding.who]})"


def _sample(options: Namespace, out: TextIO) -> int:
    for number, name in enumerate(options.unit or samples.UNITS):
        scene = samples.Scene(sequence=f"2026092509{number:02}00")
        for file, content in samples.unit(name, scene).items():
            options.folder.mkdir(parents=True, exist_ok=True)
            (options.folder / file).write_bytes(content)
            out.write(f"{file}\n")
    return 0
