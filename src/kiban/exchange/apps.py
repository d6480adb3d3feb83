from collections.abc import Iterator, Mapping

from kiban.ops.room import Place, Room, Step


class ExchangeConfig(Room):
    name = "kiban.exchange"
    label = "exchange"
    verbose_name = "ケアプランデータ連携"
    sql_functions = (
        "caller",
        "in_force",
        "drafts",
        "sending",
        "boxes",
        "fetching",
        "unit",
        "waiting",
        "into_records",
        "queries",
    )
    navigation = (Place(30, "ケアプラン連携", "exchange:inbox", kinds=("office",), around="exchange:check"),)

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.exchange.boxes.words``."""
        from kiban.exchange.boxes.words import ANSWERS

        return ANSWERS

    def daily(self) -> Iterator[Step]:
        """Drafts nobody sent."""
        from kiban.exchange import daily

        yield Step("送らなかった連携のファイルの片付け", daily.tidy)
