"""``kiban mailbox``: the mails of the demo and of installations that write them into a folder."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from kiban.ops.our_command import OurCommand
from kiban.staff import mail


class Command(OurCommand):
    help = "ローカルの郵便受け(デモ、または KIBAN_SMTP=file:…)に届いた電子メールを、新しいものから見る"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--latest", action="store_true", help="いちばん新しい1通の本文を表示する")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = mail.mailbox()
        if folder is None:
            raise CommandError("電子メールはメールサーバーに送られています。ローカルの郵便受けはありません。")
        letters = list(mail.letters())
        if not letters:
            self.stdout.write(f"まだ1通もありません({folder})。")
        elif options["latest"]:
            self.stdout.write(f"宛先: {letters[0].address}\n件名: {letters[0].subject}\n\n{letters[0].text}")
        else:
            for letter in letters:
                self.stdout.write(f"{letter.name}\t{letter.address}\t{letter.subject}")
