from __future__ import annotations

import argparse
import os
from typing import Any

from django.core.management.base import CommandError, CommandParser

from kiban.ops import database, machine, provision, setup_steps
from kiban.ops.our_command import OurCommand
from kiban.ops.paths import data_folder


class Command(OurCommand):
    help = "データベース・権限・認証局・コード表を用意します(何度実行してもかまいません)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--restored", action="store_true", help=argparse.SUPPRESS)  # kiban restore asks for it

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = provision.provision()
        except provision.UnsuitableServerError as error:
            raise CommandError(str(error)) from None
        setup_steps.load_reference_data()
        made += setup_steps.prepare()
        if options["restored"]:
            setup_steps.after_restore()
        self.stdout.write(f"用意できました。データの場所: {data_folder()}")
        for words in made:
            self.stdout.write(f"  作成: {words}")
        if not made:
            self.stdout.write("  新しく作るものはありませんでした。")
        self.stdout.write("  権限(grants.sql)とコード表を、この版のとおりにしました。")
        for finding in (machine.addresses(), machine.passkeys()):
            if finding.remedy:
                self.stdout.write(f"  注意: {finding.what}。{finding.remedy}")
        if database.is_embedded() and os.geteuid() == 0:
            self.stdout.write(
                "  注意: rootで実行したため、組み込みPostgreSQLは専用のOSアカウント pgserver を作って動き、"
                "データの場所とプログラムまでの親フォルダを、ほかのアカウントが通り抜けられるようにします。"
            )
