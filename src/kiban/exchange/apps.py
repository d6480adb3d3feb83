from collections.abc import Iterator

from kiban.ops.room import Place, Room, Step


class ExchangeConfig(Room):
    name = "kiban.exchange"
    label = "exchange"
    verbose_name = "ケアプランデータ連携"
    sql_functions = ("boxes", "unit", "waiting", "into_records", "queries")
    navigation = (Place(30, "ケアプラン連携", "exchange:inbox", kinds=("office",), around="exchange:check"),)

    def daily(self) -> Iterator[Step]:
        """Drafts nobody sent."""
        from kiban.exchange import daily

        yield Step("送らなかった連携のファイルの片付け", daily.tidy)
