import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from kiban.ops.room import Notice, Room, Today, Visitor, Workplace


class ConsentConfig(Room):
    name = "kiban.consent"
    label = "consent"
    verbose_name = "同意"
    sql_functions = ("consent", "other", "scans", "corrections", "hidden", "history", "waiting")

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.consent.words``."""
        from kiban.consent.words import ANSWERS

        return ANSWERS

    def today(self, visitor: Visitor) -> Today:
        """For a municipality: papers offices hid. Whom an office has yet to ask, the list of persons says."""
        from kiban.consent import notices

        return Today(list(notices.own(visitor)))

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """How many have yet to be asked."""
        from kiban.consent import notices

        return notices.everywhere(today)
