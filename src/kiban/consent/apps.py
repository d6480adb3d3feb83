import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from kiban.ops.room import Notice, Room, Workplace


class ConsentConfig(Room):
    name = "kiban.consent"
    label = "consent"
    verbose_name = "同意"
    sql_functions = ("consent", "other", "scans", "corrections", "history", "waiting")

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.consent.words``."""
        from kiban.consent.words import ANSWERS

        return ANSWERS

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """How many have yet to be asked; on 今日 the list of persons says who."""
        from kiban.consent import notices

        return notices.everywhere(today)
