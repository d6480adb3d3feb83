from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from kiban.assignment import emergencies
from kiban.assignment.models import EmergencyRule
from kiban.ops.our_command import OurCommand
from kiban.registry.models import Insurer
from kiban.terms.wareki import WarekiError, parse

DATABASE = "owner"


class Command(OurCommand):
    help = "緊急時の閲覧について、保険者の決定を登録します(決定がなければ、緊急でも開けません)"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="allow|stop|list")
        actions.add_parser("list", help="いまの決定を示します")
        stop = actions.add_parser("stop", help="保険者の決定を今日で終えます")
        stop.add_argument("insurer", help="保険者番号")
        allow = actions.add_parser("allow", help="保険者の決定を登録します")
        allow.add_argument("insurer", help="保険者番号")
        allow.add_argument("--hours", type=int, required=True, choices=range(1, 25), metavar="1-24")
        allow.add_argument("--review-days", type=int, required=True, choices=range(1, 31), metavar="1-30")
        allow.add_argument("--document", required=True, help="文書名")
        allow.add_argument("--number", required=True, help="文書番号")
        allow.add_argument("--decided-on", required=True, help="決定日")
        allow.add_argument("--from", dest="starts_on", required=True, help="適用開始日")
        allow.add_argument("--by", required=True, help="登録する人")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(**options)
        except WarekiError as error:
            raise CommandError(str(error)) from None

    def list(self, **_: Any) -> None:
        """The decisions in force."""
        for rule in emergencies.rules():
            self.stdout.write(
                f"{rule.insurer.name}\t{rule.hours}時間\t{rule.review_days}日以内に確認"
                f"\t{rule.document_name} {rule.document_number}"
            )

    def allow(self, **options: Any) -> None:
        """Record a decision."""
        insurer = _insurer(options["insurer"])
        emergencies.decide(
            EmergencyRule(
                insurer=insurer,
                hours=options["hours"],
                review_days=options["review_days"],
                document_name=options["document"],
                document_number=options["number"],
                decided_on=parse(options["decided_on"]).day,
                starts_on=parse(options["starts_on"]).day,
                recorded_by=options["by"],
            )
        )
        self.stdout.write(
            f"{insurer.name}の決定を登録しました。事業所が自分の設定で使うとしたときに、開けるようになります。"
        )

    def stop(self, **options: Any) -> None:
        """End the decisions of an insurer today."""
        insurer = _insurer(options["insurer"])
        EmergencyRule.objects.using(DATABASE).filter(insurer=insurer, ends_on=None).update(ends_on=timezone.localdate())
        self.stdout.write(f"{insurer.name}の決定を終えました。緊急でも開けません。")


def _insurer(number: str) -> Insurer:
    insurer = Insurer.objects.filter(number=number).first()
    if insurer is None:
        raise CommandError("この保険者番号は台帳にありません。")
    return insurer
