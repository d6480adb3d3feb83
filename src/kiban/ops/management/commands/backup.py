from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import CommandError, CommandParser

from kiban.ops import database_health, failures
from kiban.ops.backup import keys, writing
from kiban.ops.backup.errors import BackupError
from kiban.ops.backup.words import contents_of
from kiban.ops.our_command import OurCommand
from kiban.ops.room import State


class Command(OurCommand):
    help = "バックアップを取ります(動かしたまま取れます。書いた後に読み直して確かめます)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="バックアップを置くフォルダ(データの場所の外)")
        parser.add_argument("--key", type=Path, help="この公開鍵(….pub)で暗号化する")
        parser.add_argument("--keep", type=int, help="新しいものからこの数だけ残し、古いものを消す")
        parser.add_argument("--check", action="store_true", help="試しに別のデータベースに戻し、件数を比べる")
        parser.add_argument("--make-key", type=Path, help="暗号化の鍵の組を、この名前で作る(バックアップは取らない)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["make_key"] is not None:
                self.make_key(options["make_key"])
            elif options["folder"] is None:
                raise BackupError("バックアップを置くフォルダを指定してください(例 kiban backup /mnt/backup)。")
            else:
                self.make(options)
        except BackupError as error:
            raise CommandError(str(error)) from None
        except (OSError, psycopg.Error) as error:
            said = (
                failures.words(error)
                or f"読み書きできませんでした({type(error).__name__})。kiban doctor で確かめてください。"
            )
            raise CommandError(f"バックアップを取れませんでした。{said}") from error

    def make_key(self, path: Path) -> None:
        """A pair of keys, and what to do with either."""
        path = path.expanduser().resolve()
        public = keys.make(path)
        self.stdout.write(
            f"鍵の組を作りました(鍵 {keys.name_of(keys.public_key(public))})。\n"
            f"  公開鍵  {public}\n"
            f"    バックアップに使います: kiban backup フォルダ --key {public}\n"
            f"  秘密の鍵  {path}\n"
            "    戻すときに使います。USBメモリなどに移して、この機械の外の2か所に保管してください"
            "(紙に印刷してもかまいません)。\n"
            "    なくすと、バックアップは二度と開けません。"
        )

    def make(self, options: dict[str, Any]) -> None:
        """One backup."""
        if options["keep"] is not None and options["keep"] < 1:
            raise BackupError("--keep には1以上の数を指定してください。")
        for finding in (database_health.reach(), database_health.migrations()):
            if finding is not None and finding.state is State.BAD:
                raise BackupError(f"{finding.what}。{finding.remedy}")
        key = keys.public_key(options["key"]) if options["key"] else None
        made = writing.make(options["folder"], key, check=options["check"], keep=options["keep"])
        self.stdout.write(f"バックアップを書き、読み直して確かめました: {made.path}({made.bytes:,}バイト)")
        self.stdout.write(f"  SHA-256 {made.sha256}")
        for line in contents_of(made.manifest):
            self.stdout.write(f"  {line}")
        if options["check"]:
            self.stdout.write("  試しに別のデータベースに戻し、すべての表の件数が同じことを確かめました。")
        if key is None:
            self.stdout.write(
                "  注意: 暗号化していません。このファイルには、利用者の情報と、すべての鍵が入っています。"
                "持ち出せる所に置かないでください(--key で暗号化できます)。"
            )
        else:
            self.stdout.write(f"  暗号化しました(戻すには、秘密の鍵 {keys.name_of(key)} が要ります)。")
        for path in made.gone:
            self.stdout.write(f"  古いものを消しました: {path.name}")
