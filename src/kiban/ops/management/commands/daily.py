from __future__ import annotations

import argparse
import contextlib
import sys
from typing import Any

from django.core.management.base import CommandParser

from kiban.ops import daily, dependent
from kiban.ops.our_command import OurCommand


class Command(OurCommand):
    help = "毎日の仕事をします(記録の月の準備、片付け、証明書の更新、期限のお知らせ)。何度実行しても構いません"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stay", action="store_true", help="動き続け、毎朝5時に実行します")
        parser.add_argument("--with-the-input", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stay"]:
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C reaches the whole group
                daily.stay(dependent.is_left if options["with_the_input"] else daily.never)
            return
        good = True
        try:
            for done in daily.run():
                good = good and done.good
                style = self.style.SUCCESS if done.good else self.style.ERROR
                self.stdout.write(f"{style('OK' if done.good else '異常'):<4}  {done.name}: {done.said}")
        except daily.BusyError:
            self.stdout.write(
                "毎日の仕事は、いま別のプロセス(kiban serve か、もう一つの kiban daily)がしています。"
                "結果は、それが終わってから kiban doctor で確かめられます。"
            )
        if not good:
            sys.exit(1)
