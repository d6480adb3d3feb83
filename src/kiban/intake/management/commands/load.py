"""``kiban load``: bring municipal and office files in."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import CommandError

from kiban.formats.leftovers import is_stray
from kiban.intake import examples, layout_page, report_text
from kiban.intake.layouts import layout, layouts
from kiban.intake.ledger import BusyError
from kiban.intake.load import Plan, Report, carry_out, plan, write_faults
from kiban.intake.refusals import FileRefusedError
from kiban.ops import failures
from kiban.ops.our_command import OurCommand


class Command(OurCommand):
    help = "情報のCSVを取り込む(被保険者、本人確認、担当事業所、包括的同意、各種の情報)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="ファイル", help="取り込むCSV")
        parser.add_argument("--insurer", metavar="番号", help="この保険者(6けた)のファイルだけを取り込む")
        parser.add_argument("--errors", type=Path, metavar="ファイル", help="エラーの一覧(CSV)を書き出す場所")
        parser.add_argument("--yes", action="store_true", help="確かめずに取り込む")
        parser.add_argument("--json", action="store_true", help="結果をJSONで出す")
        parser.add_argument("--layouts", action="store_true", help="取り込める様式の一覧")
        parser.add_argument("--markdown", action="store_true", help="--layouts と: 全部の列をMarkdownで")
        parser.add_argument("--template", metavar="様式", help="様式の見本のCSVを標準出力に出す(--rows 件数)")
        parser.add_argument("--rows", type=int, default=5, metavar="件数", help="見本の件数(省くと5)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["layouts"]:
            self._layouts(options["markdown"])
        elif options["template"]:
            self._template(options["template"], options["rows"], options["insurer"])
        elif not options["files"]:
            raise CommandError(
                "取り込むファイルを書いてください。様式の一覧は kiban load --layouts です。", returncode=2
            )
        else:
            self._load(options)

    def _layouts(self, markdown: bool) -> None:
        if markdown:
            self.stdout.write(layout_page.markdown(), ending="")
            return
        for one in layouts():
            self.stdout.write(f"{one.key:28} {one.label}({len(one.fields)}列)")
        self.stdout.write("見本: kiban load --template 様式の名前。列の説明: docs/layouts.md")

    def _template(self, key: str, rows: int, insurer: str | None) -> None:
        try:
            chosen = layout(key)
        except LookupError:
            known = "、".join(one.key for one in layouts())
            raise CommandError(f"その名前の様式はありません。{known} のどれかです。", returncode=2) from None
        lines = examples.rows(chosen, rows, insurer=insurer or examples.INSURER)
        examples.write(self.stdout._out, chosen, lines)  # type: ignore[arg-type]

    def _load(self, options: dict[str, Any]) -> None:
        reports: list[Report] = []
        plans: list[Plan] = []
        files = [path for path in options["files"] if not is_stray(path.name)]
        if not files:
            raise CommandError(
                "MacやWindowsが自分のために作ったファイルだけで、取り込むCSVがありません。", returncode=2
            )
        for path in files:
            try:
                plans.append(plan(path, options["insurer"]))
            except FileRefusedError as error:
                reports.append(Report(file=path.name, refused=str(error)))
                self._tell(reports[-1:], options)
        plans.sort(key=lambda planned: planned.layout.position)
        if plans and not options["yes"] and sys.stdin.isatty():
            self._preview(plans)
            if input("取り込みますか [y/N] ").strip().lower() not in ("y", "yes", "はい"):
                raise CommandError("取り込みませんでした。何も変わっていません。", returncode=2)
        for planned in plans:
            reports.append(self._carry_out(planned, options))
            self._tell(reports[-1:], options)
        if options["errors"]:
            write_faults(reports, options["errors"])
        if options["json"]:
            self.stdout.write(json.dumps([report_text.as_json(one) for one in reports], ensure_ascii=False, indent=1))
        else:
            self._write(report_text.summary(reports))
            if options["errors"] and any(one.exit_code for one in reports):
                self.stdout.write(f"エラーの一覧: {options['errors']}")
            elif any(len(one.faults) < one.faulty for one in reports):
                self.stdout.write("エラーの全部は --errors ファイル名 で書き出せます。")
        worst = max((report.exit_code for report in reports), default=0)
        if worst:
            sys.exit(worst)

    def _carry_out(self, planned: Plan, options: dict[str, Any]) -> Report:
        name = planned.source.path.name
        bar = report_text.ProgressBar(name)
        stopped = ""
        try:
            return carry_out(planned, bar)
        except FileRefusedError as error:
            stopped = str(error)
        except BusyError:
            stopped = "別の取込が同じファイルを取り込んでいます。終わってから、もう一度実行してください。"
        except psycopg.OperationalError as error:
            is_full = failures.is_disk_full(error)
            stopped = "ディスクがいっぱいです。空きを作ってから、" if is_full else "データベースとの接続が切れました。"
            stopped += "同じコマンドをもう一度実行すると、続きから取り込みます。"
        finally:
            bar.close()
        return Report(file=name, layout=planned.layout.key, label=planned.layout.label, stopped=stopped)

    def _preview(self, plans: list[Plan]) -> None:
        for planned in plans:
            source = planned.source
            whose = f"保険者 {planned.insurer}" if planned.insurer else "保険者は行ごと"
            count = f"{source.declared:,}件" if source.declared is not None else f"約{source.lines - 1:,}行"
            self.stdout.write(f"{source.path.name}: {planned.layout.label}、{whose}、{count}、{source.charset.upper()}")

    def _tell(self, reports: list[Report], options: dict[str, Any]) -> None:
        if not options["json"]:
            self._write(line for report in reports for line in report_text.lines(report))

    def _write(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)
