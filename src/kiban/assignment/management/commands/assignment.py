from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from kiban.assignment import policy as assignment_policy
from kiban.assignment.models import Policy
from kiban.ops.our_command import OurCommand
from kiban.registry.models import Insurer
from kiban.terms.wareki import WarekiError, parse


class Command(OurCommand):
    help = "担当の閲覧期限と、事業所の持ち方(保険者が決めたもの)を登録します"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="choose|list")
        actions.add_parser("list", help="いまの決まりを示します")
        choose = actions.add_parser("choose", help="保険者の決まりを登録します")
        choose.add_argument("insurer", help="保険者番号")
        choose.add_argument("--months", type=int, required=True, help="最後に継続を確かめた月から見られる月数")
        choose.add_argument("--exclusivity", choices=Policy.Exclusivity.values, default="none")
        choose.add_argument("--source", required=True, help="根拠の文書(名と番号)")
        choose.add_argument("--from", dest="starts_on", required=True, help="適用開始日")
        choose.add_argument("--by", required=True, help="登録する人")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(**options)
        except (assignment_policy.PolicyError, WarekiError) as error:
            raise CommandError(str(error)) from None

    def list(self, **_: Any) -> None:
        """Every policy, the installation's first."""
        for policy in Policy.objects.select_related("insurer").order_by("insurer__number", "version"):
            whose = policy.insurer.name if policy.insurer else "この基盤"
            mark = "" if policy.is_confirmed else "(未確認)"
            self.stdout.write(
                f"{whose}\t第{policy.version}版\t{policy.months}か月{mark}\t{policy.get_exclusivity_display()}\t{policy.starts_on}から"
            )

    def choose(self, **options: Any) -> None:
        """Record an insurer's choice as a new version."""
        insurer = Insurer.objects.filter(number=options["insurer"]).first()
        if insurer is None:
            raise CommandError("この保険者番号は台帳にありません。")
        made = assignment_policy.choose(
            insurer,
            months=options["months"],
            exclusivity=options["exclusivity"],
            source=options["source"],
            starts_on=parse(options["starts_on"]).day,
            recorded_by=options["by"],
        )
        self.stdout.write(f"{insurer.name}の担当の決まりを第{made.version}版として登録しました。")
