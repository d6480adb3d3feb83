import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from kiban.ops.room import Dated, DemoTown, Notice, Place, Room, Step, Today, Visitor, Workplace


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
        "objections",
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

    def today(self, visitor: Visitor) -> Today:
        """What waits in the boxes, and what is missing before the 10th."""
        from kiban.exchange import notices

        return Today(list(notices.own(visitor)))

    def waiting(self, visitor: Visitor) -> Mapping[str, int]:
        """What came and was not opened, and questions without an answer."""
        from kiban.exchange import notices

        return notices.unseen(visitor)

    def dates(self, visitor: Visitor, first: dt.date, after: dt.date) -> Iterator[Dated]:
        """The 5th and the 10th."""
        from kiban.exchange import notices

        return notices.dates(visitor, first)

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """The same in the e-mail."""
        from kiban.exchange import notices

        return notices.everywhere(today)

    def demo(self, town: DemoTown) -> Iterator[str]:
        """A plan, two months of 利用票 and last month's 実績 between two offices."""
        from kiban.exchange import demo

        yield f"ケアプランデータ連携のファイルを{demo.fill(town)}組、送りました"
