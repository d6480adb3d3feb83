from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from kiban.demo import check, town
from kiban.demo.town import PASSWORD, Town
from kiban.ops.our_command import OurCommand
from kiban.ops.paths import data_folder
from kiban.terminals import authority
from kiban.terminals.management.commands import serve


class Command(OurCommand):
    help = "架空の利用者が入った、動く介護情報基盤を用意して起動します"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--check", action="store_true", help="画面なしで本筋の仕事をひととおり行い、結果を示します")
        parser.add_argument("--code", metavar="職員ID", help="その職員のいまの確認コードを表示します(デモだけ)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["code"]:
            self.stdout.write(self._code(options["code"]))
        elif options["check"]:
            self._check()
        else:
            made = town.load() or self._build(small=False)
            serve.run(
                host=options["host"],
                port=options["port"],
                on_ready=lambda: self.stdout.write(welcome(made)),
            )

    def _code(self, login_id: str) -> str:
        made = town.load()
        if made is None:
            raise CommandError("ここはデモのデータではありません。先に kiban demo を実行してください。")
        if login_id not in made.accounts:
            raise CommandError(f"この職員IDはありません。あるのは {'、'.join(made.accounts)} です。")
        return town.code_of(made.accounts[login_id])

    def _check(self) -> None:
        if town.load() is not None:
            raise CommandError("確認は新しい場所で行います。KIBAN_DATA に空のフォルダを指定してください。")
        began = time.monotonic()
        made = self._build(small=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        good = check.run(made, port, self.stdout.write)
        seconds = time.monotonic() - began
        self.stdout.write(f"{'すべて正しく動きました' if good else '正しく動きませんでした'}({seconds:.0f}秒)")
        if not good:
            sys.exit(1)

    def _build(self, *, small: bool) -> Town:
        began = time.monotonic()
        self.stdout.write(f"デモを用意します({data_folder()})")
        made = town.build(lambda words: self.stdout.write(f"[{time.monotonic() - began:5.1f}秒] {words}"), small=small)
        self.stdout.write(f"[{time.monotonic() - began:5.1f}秒] 用意できました")
        return made


def welcome(made: Town) -> str:
    """What to do next, for somebody who sees this for the first time."""
    address = settings.PUBLIC_URL
    accounts = "\n".join(
        f"  {one.login_id:<11} {one.name}({one.job}・{one.organisation})\n"
        f"  {'':<11} 証明書のパスワード {one.certificate_password}"
        for one in made.accounts.values()
    )
    care = made.accounts["caremane"]
    kiban = f"KIBAN_DATA={data_folder()} {sys.prefix}/bin/kiban"
    return f"""
介護情報基盤のデモが動いています。  {address}   (止めるには Ctrl と C を同時に押します)

はじめにすること
1. 端末の証明書を、ブラウザに入れます。
     {care.certificate}
     パスワード {care.certificate_password}
   Windows(Edge・Chrome) : ファイルを2回押し、「現在のユーザー」のまま進み、パスワードを入れます。
   macOS(Safari・Chrome) : ファイルを2回押し、「ログイン」を選び、パスワードを入れます。
   Linuxのchromium       : chrome://certificate-manager の「自分の証明書」で「インポート」。
   Firefox               : 設定 > プライバシーとセキュリティ > 証明書を表示 > あなたの証明書 > インポート。
2. {address} を開き、証明書を選びます。サーバの証明書は、このデモが自分で作ったものです。
   警告の画面では「詳細」から進むか、次の認証局を信頼してください。
     {authority.server_root_path()}
3. 職員ID {care.login_id}、パスワード {PASSWORD} でサインインします。確認コードは、別の画面で次を実行すると出ます。
     {kiban} demo --code {care.login_id}
4. 「今日」で利用者の名前を押します。同意のない方、市町村が始まっていない方も押して、理由を見てください。

ほかの職員でも入れます(パスワードはどれも {PASSWORD}。証明書は {Path(care.certificate).parent} の 職員ID.p12)
{accounts}

* だれが見たかは、職員ID kanri で入り、利用者の「見た記録」にあります。
* 職員の招待を受け取ってみるには、サインインの前に「招待の手紙を受け取った人」を押し、次の文字を入れます。
     {made.invitation}
* メールは送られません。届くはずのものは、次で読めます:  {kiban} mailbox

In English: import the certificate above into your browser, open {address}, sign in as {care.login_id} /
{PASSWORD}; the six-digit code comes from the command above. Click a person, then one without consent.
"""
