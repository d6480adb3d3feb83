from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from kiban.gate import matrix
from kiban.gate.models import MatrixVersion
from kiban.ops.our_command import OurCommand
from kiban.registry.models import Insurer
from kiban.terms.wareki import WarekiError, parse


class Command(OurCommand):
    help = "共有範囲表を読み込み、保険者が要領で決めたことを登録します"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="load|decide|list")
        load = actions.add_parser("load", help="共有範囲表(TOML)の新しい版を読み込みます")
        load.add_argument("file", type=Path)
        actions.add_parser("list", help="読み込んである版を示します")
        decide = actions.add_parser("decide", help="未確認のマスについて、保険者の決定を登録します")
        decide.add_argument("insurer", help="保険者番号")
        decide.add_argument("party", choices=matrix.PARTIES)
        decide.add_argument("--items", nargs="+", required=True, metavar="ITEM")
        decide.add_argument("--jobs", nargs="+", required=True, metavar="JOB", help="職種(例 care_manager)")
        decide.add_argument("--close", action="store_true", help="見せない決定(既定は見せる)")
        decide.add_argument("--without-consent", action="store_true", help="包括的同意がなくても見せる")
        decide.add_argument("--document", required=True, help="文書名")
        decide.add_argument("--number", required=True, help="文書番号")
        decide.add_argument("--decided-on", required=True, help="決定日")
        decide.add_argument("--from", dest="starts_on", required=True, help="適用開始日")
        decide.add_argument("--by", required=True, help="登録する人")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(**options)
        except (matrix.MatrixError, WarekiError) as error:
            raise CommandError(str(error)) from None

    def load(self, file: Path, **_: Any) -> None:
        """Load a file; the same one twice changes nothing."""
        if not file.exists():
            raise CommandError(f"ファイルがありません: {file}")
        version = matrix.load(file.read_text(encoding="utf-8"))
        self.stdout.write(f"共有範囲表 {version.version}版({version.effective_from}から)")

    def list(self, **_: Any) -> None:
        """The versions that were loaded, the one in force marked."""
        today = timezone.localdate()
        loaded = MatrixVersion.objects.order_by("-effective_from", "-loaded_at")
        in_force = next((one for one in loaded if one.effective_from <= today), None)
        for one in loaded:
            self.stdout.write(f"{'*' if one == in_force else ' '} {one.version} {one.effective_from}から")

    def decide(self, **options: Any) -> None:
        """Record an insurer's decision as a new version."""
        insurer = Insurer.objects.filter(number=options["insurer"]).first()
        if insurer is None:
            raise CommandError("この保険者番号は台帳にありません。")
        made = matrix.decide(
            insurer=insurer,
            party=options["party"],
            items=options["items"],
            job_types=options["jobs"],
            is_open=not options["close"],
            needs_consent=not options["without_consent"],
            document_name=options["document"],
            document_number=options["number"],
            decided_on=parse(options["decided_on"]).day,
            starts_on=parse(options["starts_on"]).day,
            recorded_by=options["by"],
        )
        self.stdout.write(f"{insurer.name}の決定を{len(made)}件登録しました。")
