from __future__ import annotations

import dataclasses
import json
import sys
from typing import Any

from django.core.management.base import CommandParser

from kiban.ops.health import findings
from kiban.ops.our_command import OurCommand
from kiban.ops.room import Finding, State


class Command(OurCommand):
    help = "調子を確かめ、悪いところと直し方を示します(異常があれば終了コード1)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="JSONで出力します(監視用)")

    def handle(self, *args: Any, **options: Any) -> None:
        found = []
        for finding in findings():
            found.append(finding)
            if not options["json"]:
                self.show(finding)
        if options["json"]:
            self.stdout.write(json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False, indent=1))
        else:
            self.summary(found)
        if any(finding.state is State.BAD for finding in found):
            sys.exit(1)

    def show(self, finding: Finding) -> None:
        """One line, and below it what to do."""
        style = {State.OK: self.style.SUCCESS, State.CAUTION: self.style.WARNING, State.BAD: self.style.ERROR}
        mark = style[finding.state](f"{'OK' if finding.state is State.OK else finding.state}")
        self.stdout.write(f"{mark:<4}  {finding.what}")
        if finding.remedy:
            self.stdout.write(f"      → {finding.remedy}")

    def summary(self, found: list[Finding]) -> None:
        """The last line says it all."""
        bad = sum(finding.state is State.BAD for finding in found)
        caution = sum(finding.state is State.CAUTION for finding in found)
        self.stdout.write(f"異常 {bad}件、注意 {caution}件" if bad or caution else "すべて正常です。")
