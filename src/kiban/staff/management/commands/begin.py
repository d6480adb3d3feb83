from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from kiban.registry.models import Office, Organisation


class Command(BaseCommand):
    help = "事業所を始めます: 利用登録、最初の端末の証明書、最初のひとりの招待をまとめて行います"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="事業所番号")
        parser.add_argument("--name", required=True, help="最初のひとり(事業所ユーザ)の氏名")
        parser.add_argument("--kana", default="", help="フリガナ")
        parser.add_argument("--job", default="manager", help="職種コード(省くと manager 管理者)")
        parser.add_argument("--terminal", default="事務室PC", help="最初の端末の名前(省くと 事務室PC)")
        parser.add_argument("--out", type=Path, default=Path(), help="証明書のファイルを置くフォルダ(省くといまの場所)")
        parser.add_argument("--office-name", default="", help="事業所の名称(台帳にないとき)")
        parser.add_argument(
            "--services", nargs="*", default=[], metavar="CODE", help="サービス種類コード(台帳にないとき)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["number"]
        if not options["out"].is_dir():
            raise CommandError(f"{options['out']} というフォルダがありません。先に作ってください。")
        if not Organisation.objects.filter(number=number, kind=Organisation.Kind.OFFICE).exists():
            if not options["office_name"] and not Office.objects.filter(number=number).exists():
                raise CommandError(
                    "台帳にない番号です。--office-name と --services を指定してください(居宅介護支援は 43)。"
                )
            self._run("enrol", "office", number, name=options["office_name"], services=options["services"])
        with transaction.atomic():  # an invitation without a terminal would be of no use
            self.stdout.write("\n1. 最初のひとりの招待(本人に渡してください)")
            who = ("--name", options["name"], "--kana", options["kana"], "--job", options["job"])
            self._run("staff", "invite", "--organisation", number, "--kind", "office", *who)
            self.stdout.write("\n2. 端末の証明書(ファイルとパスワードは、別々に渡してください)")
            file = options["out"] / f"terminal-{number}.p12"
            self._run("terminal", "issue", number, options["terminal"], "--out", str(file), "--kind", "office")
        self.stdout.write(
            "\n端末に証明書を入れてから、その端末で招待のアドレスを開くと始められます(利用者の手引き「はじめての日」)。"
        )

    def _run(self, command: str, *arguments: str, **options: Any) -> None:
        call_command(command, *arguments, stdout=self.stdout, **options)
