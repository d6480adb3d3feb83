from collections.abc import Iterator

from django.apps import AppConfig

from kiban.ops.daily import Step
from kiban.ops.health import Finding, State
from kiban.web.navigation import Place


class ExchangeConfig(AppConfig):
    name = "kiban.exchange"
    label = "exchange"
    verbose_name = "ケアプランデータ連携"
    default_auto_field = "django.db.models.BigAutoField"
    sql_functions = ("boxes", "unit", "waiting", "into_records", "queries")
    navigation = (Place(30, "ケアプラン連携", "exchange:inbox", kinds=("office",), around="exchange:check"),)

    def daily(self) -> Iterator[Step]:
        """Drafts nobody sent."""
        from kiban.exchange import daily

        yield Step("送らなかった連携のファイルの片付け", daily.tidy)

    def health(self) -> Iterator[Finding]:
        """Which font prints."""
        from kiban.exchange.printing import fonts

        try:
            yield Finding(f"印刷のフォント: {fonts.in_words()}")
        except fonts.NoFontError as error:
            yield Finding("印刷のフォントがありません", State.BAD, str(error))
