"""``kiban registry``: load the masters, count them, search them."""

from __future__ import annotations

import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiban.ops.our_command import OurCommand
from kiban.registry import search, stats
from kiban.registry.codes import published_kinds
from kiban.registry.masters import loading
from kiban.registry.masters.report import Report, lines
from kiban.registry.masters.source import UnusableFileError

EXIT_ROWS_REFUSED = 1
EXIT_FILE_REFUSED = 2


class Command(OurCommand):
    """Exit codes of ``load``: 0 all rows taken (with warnings or without), 1 rows refused, 2 a file refused."""

    help = "公開台帳(保険者・市区町村・事業所・医療機関)を読み込み、数え、探します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        load = steps.add_parser("load", help="付属の台帳、または指定したファイルを読み込む")
        load.add_argument(
            "files", nargs="*", metavar="FILE", type=Path, help="公表されているCSVまたはzip(なければ付属)"
        )
        load.add_argument("--edition", default="", help="版の名前(例: 2026年6月末)")
        load.add_argument("--kind", default="", choices=["", *published_kinds()], help="事業所の公表種別(3桁)")
        load.add_argument("--withdraw-many", action="store_true", help="多数が消えた版でも、消えた印を付ける")
        load.add_argument("--again", action="store_true", help="付属の台帳を、読み込み済みでももう一度読み込む")
        load.add_argument("--findings", type=Path, metavar="FILE", help="エラーと注意をすべてCSVに書き出す")
        load.add_argument("--json", action="store_true", help="結果をJSONで出す")
        counts = steps.add_parser("stats", help="読み込まれている件数")
        counts.add_argument("--json", action="store_true")
        find = steps.add_parser("search", help="事業所・医療機関を名前・カナ・番号・場所で探す")
        find.add_argument("words", nargs="+")
        find.add_argument("--medical", action="store_true", help="医療機関を探す")
        find.add_argument("--page", type=int, default=1)
        find.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["step"])(**options)

    def load(self, files: list[Path], **options: Any) -> None:
        reports: list[Report] = []
        unusable: list[dict[str, str]] = []
        for name, loaded in self.loads(files, **options):
            try:
                for of_file in loaded:
                    reports.extend(of_file)
                    if not options["json"]:
                        self.stdout.write("\n".join(lines(of_file)))
            except UnusableFileError as error:
                unusable.append({"file": name, "message": str(error)})
                self.stderr.write(f"{name}: 読み込めません。{error}")
        if options["json"]:
            answer = {"loads": [report.as_json() for report in reports], "unusable": unusable}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        if options["findings"]:
            write_findings(options["findings"], reports)
        if unusable:
            sys.exit(EXIT_FILE_REFUSED)
        if any(report.refused for report in reports):
            sys.exit(EXIT_ROWS_REFUSED)

    def loads(self, files: list[Path], **options: Any) -> Iterator[tuple[str, Iterator[list[Report]]]]:
        if not files:
            yield "付属", loading.load_shipped(again=options["again"])
        chosen = loading.Options(options["edition"], options["kind"], options["withdraw_many"])
        for file in files:
            yield file.name, loading.load_file(file, chosen)

    def stats(self, **options: Any) -> None:
        counts = stats.counts()
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        for name, title in stats.TITLES.items():
            self.stdout.write(f"{title}: {counts[name]:,}")

    def search(self, words: list[str], **options: Any) -> None:
        look = search.medical_institutions if options["medical"] else search.offices
        page = look(" ".join(words), options["page"])
        if options["json"]:
            self.stdout.write(json.dumps(page.as_json(), ensure_ascii=False))
            return
        for hit in page.hits:
            self.stdout.write(f"{hit.number}  {hit.name}  {hit.address}")
        self.stdout.write(f"{page.total:,}件" if page.total else "見つかりません。")


def write_findings(path: Path, reports: list[Report]) -> None:
    """Every finding as CSV that a spreadsheet opens (UTF-8 with byte-order mark)."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ファイル", "台帳", "種類", "行", "列", "内容", "対応"])
        for report in reports:
            for grade, findings in (("エラー", report.refused), ("注意", report.warnings)):
                for finding in findings:
                    where = "" if finding.line == 0 else finding.line
                    writer.writerow(
                        [report.file, report.title, grade, where, finding.column, finding.message, finding.remedy]
                    )
