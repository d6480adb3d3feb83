from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from kiban.ops import reasons
from kiban.ops.our_command import OurCommand
from kiban.registry.models import Organisation
from kiban.terminals import services
from kiban.terminals.models import Certificate, Terminal
from kiban.terms.wareki import to_wareki

OPERATOR = "運営"
SERIAL_DIGITS = 8
LONGEST_REQUEST = 65_536  # bytes


class Command(OurCommand):
    help = "端末の証明書を発行・失効・一覧します"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="issue|revoke|list")
        issue = actions.add_parser("issue", help="端末を登録し(なければ)、証明書を発行します")
        issue.add_argument("number", help="事業所番号・保険者番号・医療機関コード")
        issue.add_argument("name", help="端末の名前")
        issue.add_argument("--out", type=Path, help="書き出すファイル(既定 terminal-番号-日時.p12)")
        issue.add_argument("--older", action="store_true", help="古いMac・iPad用のファイルにします(3DES・SHA-1)")
        issue.add_argument("--csr", type=Path, help="端末で作った証明書の要求(PEM)に署名し、PEMを書き出します")
        revoke = actions.add_parser("revoke", help="証明書を失効させます")
        revoke.add_argument("serial", help="シリアル番号(listで表示)、または末尾8桁以上")
        revoke.add_argument("--reason", required=True, help="理由")
        listing = actions.add_parser("list", help="端末と証明書を一覧します")
        listing.add_argument("number", nargs="?", help="この事業所だけ")
        for action in (issue, listing):
            action.add_argument("--kind", choices=Organisation.Kind.values, help="同じ番号が2つあるとき")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(**options)
        except services.TerminalError as error:
            raise CommandError(str(error)) from None

    def issue(self, number: str, name: str, out: Path | None, csr: Path | None, kind: str | None, **more: Any) -> None:
        """Register the terminal if it is not there, issue, write the file (0600), say the password once."""
        organisation = self.organisation(number, kind)
        request = self.read(csr) if csr else None
        terminal = Terminal.objects.filter(organisation=organisation, name=name.strip()).first()
        if terminal is not None and terminal.retired_on is not None:
            raise CommandError("この名前の端末は、使わないことになっています。別の名前で登録してください。")
        path = out or Path(
            f"terminal-{organisation.number}-{timezone.localtime():%Y%m%d%H%M%S}.{'pem' if csr else 'p12'}"
        )
        with self.new_file(path) as file, transaction.atomic():
            terminal = terminal or services.register_terminal(organisation, name)
            if request is None:
                made = services.issue_certificate(terminal, by=OPERATOR)
                content = made.pkcs12_older if more["older"] else made.pkcs12
                certificate = made.certificate
            else:
                certificate, content = services.sign_request(terminal, request, by=OPERATOR)
            file.write(content)
        last = to_wareki(timezone.localtime(certificate.not_after).date())
        self.stdout.write(f"発行しました: {path}({last}まで)")
        if request is None:
            self.stdout.write(f"パスワード(一度だけ表示します): {made.password}")

    def read(self, path: Path) -> bytes:
        """A request; anything far too long for one is none."""
        try:
            with path.open("rb") as file:
                return file.read(LONGEST_REQUEST)
        except OSError as error:
            raise CommandError(f"{path} を読めません({reasons.of(error)})。") from None

    @contextmanager
    def new_file(self, path: Path) -> Iterator[IO[bytes]]:
        """A file that was not there, for this account only; gone again when nothing could be issued.

        It is opened first: a certificate in the ledger whose file could not be written would be of no use to anybody.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CommandError(f"{path} はすでにあります。別の名前を --out で指定してください。") from None
        except OSError as error:
            raise CommandError(
                f"{path} に書けません({reasons.of(error)})。別の場所を --out で指定してください。"
            ) from None
        with os.fdopen(descriptor, "wb") as file:
            try:
                yield file
            except BaseException:
                path.unlink()
                raise

    def revoke(self, serial: str, reason: str, **_: Any) -> None:
        """Revoke the certificate whose serial number ends so."""
        serial = serial.lower().lstrip("…")
        if len(serial) < SERIAL_DIGITS:
            raise CommandError(
                f"シリアル番号は、末尾{SERIAL_DIGITS}桁以上を入れてください(kiban terminal list で表示)。"
            )
        certificates = list(Certificate.objects.filter(serial__endswith=serial)[:2])
        if not certificates:
            raise CommandError("このシリアル番号の証明書はありません。kiban terminal list で確かめてください。")
        if len(certificates) > 1:
            raise CommandError("このシリアル番号で終わる証明書が2枚以上あります。全部の桁を入れてください。")
        if certificates[0].revoked_at is not None:
            raise CommandError("この証明書は、すでに失効しています。")
        services.revoke(certificates[0], by=OPERATOR, reason=reason)
        self.stdout.write("失効させました。次の操作から、この証明書では開けません。")

    def list(self, number: str | None, kind: str | None, **_: Any) -> None:
        """Terminals with their certificates."""
        terminals = Terminal.objects.select_related("organisation").prefetch_related("certificates")
        if number:
            terminals = terminals.filter(organisation=self.organisation(number, kind))
        if not terminals:
            self.stdout.write("端末はまだ登録されていません。")
        for terminal in terminals.order_by("organisation__number", "name"):
            self.stdout.write(f"{terminal.organisation.number} {terminal.organisation.name} / {terminal.name}")
            certificates = sorted(
                terminal.certificates.all(), key=lambda certificate: certificate.issued_at, reverse=True
            )
            for certificate in certificates:
                last = to_wareki(timezone.localtime(certificate.not_after).date())
                words = services.IN_WORDS[services.state(certificate)]
                self.stdout.write(f"    {words}  {last}まで  シリアル番号 {certificate.serial}")
            if not certificates:
                self.stdout.write("    証明書なし")

    def organisation(self, number: str, kind: str | None) -> Organisation:
        """The organisation of a number; the kinds number independently of each other."""
        organisations = Organisation.objects.filter(number=number, **({"kind": kind} if kind else {}))
        if not organisations:
            raise CommandError(f"番号 {number} の事業所・市町村・医療機関は利用登録されていません。")
        if len(organisations) > 1:
            raise CommandError(f"番号 {number} は、介護事業所と医療機関の両方にあります。--kind で指定してください。")
        return organisations[0]
