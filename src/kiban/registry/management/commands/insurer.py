from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import CommandError, CommandParser

from kiban.ops.our_command import OurCommand
from kiban.registry import services
from kiban.registry.numbers import NumberFormatError, tidied
from kiban.terms.wareki import WarekiError, parse, to_wareki


class Command(OurCommand):
    help = "市町村(保険者)の利用開始日と、登録の済んだ情報を決めます"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="保険者番号")
        parser.add_argument("started_on", help="利用開始日(例 2026-12-01、令和8年12月1日)")
        parser.add_argument(
            "--items",
            nargs="*",
            default=["*"],
            metavar="ITEM",
            help="登録の済んだ情報(既定はすべて。例 certification.result)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day: dt.date = parse(options["started_on"]).day
            insurer = services.set_insurer_start(tidied("保険者番号", options["number"]), day, options["items"])
        except (services.RegistryError, NumberFormatError, WarekiError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{insurer.name}({insurer.number})の利用開始日を{to_wareki(day)}にしました。")
