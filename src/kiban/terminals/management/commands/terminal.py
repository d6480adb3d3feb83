from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.terminals import services
from kiban.terminals.models import Certificate, Terminal
from kiban.web.wareki import to_wareki

OPERATOR = "運営"


class Command(BaseCommand):
    help = "端末の証明書を発行・失効・一覧します"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="issue|revoke|list")
        issue = actions.add_parser("issue", help="端末を登録し(なければ)、証明書を発行します")
        issue.add_argument("number", help="事業所番号・保険者番号・医療機関コード")
        issue.add_argument("name", help="端末の名前")
        issue.add_argument("--out", type=Path, help="書き出すファイル(既定 端末の番号.p12)")
        revoke = actions.add_parser("revoke", help="証明書を失効させます")
        revoke.add_argument("serial", help="シリアル番号(listで表示)、または末尾8桁")
        revoke.add_argument("--reason", required=True, help="理由")
        listing = actions.add_parser("list", help="端末と証明書を一覧します")
        listing.add_argument("number", nargs="?", help="この事業所だけ")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(**options)
        except services.TerminalError as error:
            raise CommandError(str(error)) from None

    def issue(self, number: str, name: str, out: Path | None, **_: Any) -> None:
        """Register the terminal if it is not there, issue, write the file (0600), say the password once."""
        organisation = self.organisation(number)
        terminal = Terminal.objects.filter(organisation=organisation, name=name).first()
        terminal = terminal or services.register_terminal(organisation, name)
        path = out or Path(f"terminal-{terminal.pk}.p12")
        if path.exists():
            raise CommandError(f"{path} はすでにあります。別の名前を --out で指定してください。")
        made = services.issue_certificate(terminal, by=OPERATOR)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made.pkcs12)
        last = to_wareki(timezone.localtime(made.certificate.not_after).date())
        self.stdout.write(f"発行しました: {path}({last}まで)")
        self.stdout.write(f"パスワード(一度だけ表示します): {made.password}")

    def revoke(self, serial: str, reason: str, **_: Any) -> None:
        """Revoke the certificate whose serial number ends so."""
        found = list(Certificate.objects.filter(serial__endswith=serial.lower(), revoked_at=None)[:2])
        if len(found) != 1:
            raise CommandError("有効な証明書を1つに決められません。listでシリアル番号を確かめてください。")
        services.revoke(found[0], by=OPERATOR, reason=reason)
        self.stdout.write("失効させました。次の操作から、この証明書では開けません。")

    def list(self, number: str | None, **_: Any) -> None:
        """Terminals with their certificates."""
        shown = Terminal.objects.select_related("organisation").prefetch_related("certificates")
        if number:
            shown = shown.filter(organisation=self.organisation(number))
        for terminal in shown.order_by("organisation__number", "name"):
            self.stdout.write(f"{terminal.organisation.number} {terminal.organisation.name} / {terminal.name}")
            for one in terminal.certificates.order_by("-issued_at"):
                last = to_wareki(timezone.localtime(one.not_after).date())
                self.stdout.write(f"    {services.state(one):14} {last}まで  シリアル番号 {one.serial}")

    def organisation(self, number: str) -> Organisation:
        found = list(Organisation.objects.filter(number=number)[:2])
        if len(found) != 1:
            raise CommandError(f"番号 {number} の事業所・市町村・医療機関は利用登録されていません。")
        return found[0]
