"""``kiban exchange``: see kiban.formats.careplan.command."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any

from django.core.management.base import CommandParser

from kiban.formats.careplan import command
from kiban.ops.our_command import OurCommand


class Command(OurCommand):
    help = "ケアプランデータ連携のファイル: 検査、列の一覧、見本"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        command.arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        code = command.run(Namespace(**options), self.stdout._out)  # type: ignore[arg-type]
        if code:
            sys.exit(code)
