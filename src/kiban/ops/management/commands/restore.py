from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import CommandError, CommandParser

from kiban.ops import embedded, failures
from kiban.ops.backup import keys, marker, reading, restoring
from kiban.ops.backup.errors import BackupError
from kiban.ops.backup.words import contents_of, moment_of
from kiban.ops.our_command import OurCommand
from kiban.ops.paths import data_folder


class Command(OurCommand):
    help = "バックアップを、空の場所に戻します(上書きはしません)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="kiban backup が書いたファイル")
        parser.add_argument("--key", type=Path, help="秘密の鍵(暗号化したバックアップのとき)")
        parser.add_argument("--dry-run", action="store_true", help="終わりまで読んで確かめるだけで、何も書かない")
        parser.add_argument(
            "--only-files",
            action="store_true",
            help="データの場所のファイル(鍵など)だけを戻す(データベースは残っているとき)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.restore(options)
        except (BackupError, embedded.EmbeddedUnavailableError) as error:
            raise CommandError(str(error)) from None
        except (OSError, psycopg.Error) as error:
            said = failures.words(error) or f"読み書きできませんでした({type(error).__name__})。"
            left = marker.REMEDY if marker.is_there(data_folder()) else "何も残していません。"
            raise CommandError(f"戻せませんでした。{said}{left}") from error

    def restore(self, options: dict[str, Any]) -> None:
        """Look it through, restore it, and say what is there now and what is not."""
        key = keys.secret_key(options["key"]) if options["key"] else None
        self.say("バックアップを終わりまで読んで、確かめています。")
        looked = restoring.look(reading.Source(options["file"], key))
        if options["dry_run"]:
            self.say(f"バックアップは壊れていません: {options['file']}")
            self.tell(looked)
            self.say("何も書いていません。")
            return
        restoring.restore(looked, self.say, only_files=options["only_files"])
        if options["only_files"]:
            self.say(f"データの場所 {data_folder()} のファイルだけを戻しました({'、'.join(looked.tops)})。")
            self.say("次に kiban setup と kiban doctor を実行してください。")
            return
        moment = moment_of(looked.manifest)
        self.say(f"戻しました。{moment} までの内容です。データの場所: {data_folder()}")
        self.tell(looked)
        self.say("  件数は、すべての表でバックアップの目録と同じです。")
        self.say(
            f"  注意: {moment} より後のことは、ありません。その後に行った同意の撤回、職員の退職、端末の失効などは"
            "元に戻っていますので、同じことをもう一度行ってください。"
        )
        self.say("  全員、もう一度サインインします。")
        self.say("次に kiban doctor を実行し、kiban serve を動かしてください。")

    def say(self, words: str) -> None:
        """At once: the next step may take long."""
        self.stdout.write(words)
        self.stdout.flush()

    def tell(self, looked: restoring.Looked) -> None:
        """What is in it."""
        for line in contents_of(looked.manifest):
            self.say(f"  {line}")
