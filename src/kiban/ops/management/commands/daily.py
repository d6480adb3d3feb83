from __future__ import annotations

import contextlib
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kiban.ops import daily


class Command(BaseCommand):
    help = "毎日の仕事をします(記録の月の準備、片付け、証明書の更新、期限のお知らせ)。何度実行しても構いません"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stay", action="store_true", help="動き続け、毎朝5時に実行します")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stay"]:
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C reaches the whole group
                daily.stay()
            return
        good = True
        try:
            for done in daily.run():
                good = good and done.good
                style = self.style.SUCCESS if done.good else self.style.ERROR
                self.stdout.write(f"{style('OK' if done.good else '異常'):<4}  {done.name}: {done.said}")
        except daily.AtWorkError:
            self.stdout.write(
                "毎日の仕事は、いま別のところ(kiban serve など)で動いています。ここでは何もしていません。"
                "終わったかは kiban doctor で分かります。"
            )
            return
        if not good:
            sys.exit(1)
