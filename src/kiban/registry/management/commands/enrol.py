from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from kiban.ops.our_command import OurCommand
from kiban.registry import services
from kiban.registry.models import Office, Organisation
from kiban.registry.numbers import NumberFormatError, plain


class Command(OurCommand):
    help = "事業所・市町村・医療機関を利用登録します(台帳にある事業所は、番号だけで登録できます)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=Organisation.Kind.values, help="office / municipality / medical")
        parser.add_argument("number", help="事業所番号・保険者番号・医療機関コード")
        parser.add_argument("--name", default="", help="名称(台帳にないとき)")
        parser.add_argument("--services", nargs="*", default=[], metavar="CODE", help="サービス種類コード(例 43 15)")
        parser.add_argument("--telephone", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, number = Organisation.Kind(options["kind"]), plain(options["number"])
        today = timezone.localdate()
        try:
            if kind is Organisation.Kind.OFFICE and not options["services"] and self._is_published(number):
                made = services.enrol_published_office(number, today)
            elif not options["name"]:
                raise CommandError(
                    "台帳にない番号です。--name で名称を、事業所なら --services でサービスを指定してください。"
                )
            elif kind is Organisation.Kind.OFFICE and not options["services"]:
                raise CommandError("事業所は --services でサービス種類コードを指定してください(居宅介護支援は 43)。")
            else:
                made = services.enrol_organisation(
                    kind, number, options["name"], options["services"], today, telephone=options["telephone"]
                )
        except (services.RegistryError, NumberFormatError) as error:
            raise CommandError(str(error)) from None
        codes = "、".join(made.services.values_list("service_id", flat=True)) or "なし"
        self.stdout.write(f"利用登録しました: {made.number} {made.name}(サービス: {codes})")

    @staticmethod
    def _is_published(number: str) -> bool:
        return Office.objects.filter(number=number).exists()
