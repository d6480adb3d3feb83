from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from kiban.ops import machine
from kiban.ops.our_command import OurCommand
from kiban.registry import numbers
from kiban.registry.models import Office, Organisation
from kiban.staff import jobs


class Command(OurCommand):
    help = "事業所を始めます: 利用登録、最初の端末の証明書、最初のひとりの招待をまとめて行います"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="事業所番号")
        parser.add_argument("--name", required=True, help="最初のひとり(事業所ユーザ)の氏名")
        parser.add_argument("--kana", default="", help="フリガナ")
        usual = "省くと、居宅介護支援などは介護支援専門員、ほかは管理者"
        parser.add_argument("--job", help=f"最初のひとりの職種({usual}): {jobs.listed()}")
        parser.add_argument("--terminal", default="事務室PC", help="最初の端末の名前(省くと 事務室PC)")
        parser.add_argument("--out", type=Path, default=Path(), help="証明書のファイルを置くフォルダ(省くといまの場所)")
        parser.add_argument("--office-name", default="", help="事業所の名称(台帳にないとき)")
        parser.add_argument(
            "--services", nargs="*", default=[], metavar="CODE", help="サービス種類コード(台帳にないとき)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        number = _number(options["number"])
        job = jobs.named(options["job"]) if options["job"] else None
        if not options["out"].is_dir():
            raise CommandError(f"{options['out']} というフォルダがありません。先に作ってください。")
        if not Organisation.objects.filter(number=number, kind=Organisation.Kind.OFFICE).exists():
            if not options["office_name"] and not Office.objects.filter(number=number).exists():
                raise CommandError(
                    f"{number} は台帳にない番号です。番号を確かめてください。新しい事業所などで台帳にまだないときは、"
                    "--office-name と --services を指定してください(居宅介護支援は 43)。"
                )
            self._run("enrol", "office", number, name=options["office_name"], services=options["services"])
        office = Organisation.objects.get(number=number, kind=Organisation.Kind.OFFICE)
        job = job or jobs.of_the_first(office)
        with transaction.atomic():  # an invitation without a terminal would be of no use
            self.stdout.write("\n1. 最初のひとりの招待(本人に渡してください)")
            who = ("--name", options["name"], "--kana", options["kana"], "--job", job.code)
            self._run("staff", "invite", "--organisation", number, "--kind", "office", *who)
            self.stdout.write(f"  職種: {job.name}(違うときは、--job を付けてやり直してください)")
            self.stdout.write("\n2. 端末の証明書(ファイルとパスワードは、別々に渡してください)")
            file = options["out"] / f"terminal-{number}.p12"
            self._run("terminal", "issue", number, options["terminal"], "--out", str(file), "--kind", "office")
        self.stdout.write(
            "\n端末に証明書を入れてから、その端末で招待のアドレスを開くと始められます(利用者の手引き「はじめての日」)。"
        )

        address = machine.addresses()
        if address.remedy:
            self.stdout.write(f"  注意: {address.what}。{address.remedy}")

    def _run(self, command: str, *arguments: str, **options: Any) -> None:
        call_command(command, *arguments, stdout=self.stdout, **options)


def _number(text: str) -> str:
    """An office's number as it is typed.

    Raises:
        CommandError: it has not the form of one; the words say how long it is.
    """
    try:
        return numbers.require_form("事業所番号", numbers.tidied("事業所番号", text))
    except numbers.NumberFormatError as error:
        raise CommandError(f"{error}(いまは{len(numbers.plain(text))}文字)") from None
