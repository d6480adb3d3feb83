import datetime as dt
from collections.abc import Callable, Iterator

from kiban.ops.room import Dated, Notice, Place, Room, Today, Visitor, Workplace


class ViewingConfig(Room):
    name = "kiban.viewing"
    label = "viewing"
    verbose_name = "介護WEBサービス"
    sql_functions = ("renewals", "marks")
    navigation = (Place(20, "利用者", "viewing:people"),)

    def today(self, visitor: Visitor) -> Today:
        """Certifications that end, what does not go on, and the table of persons: one list, one row of the log."""
        from kiban.viewing import notices

        return notices.today(visitor)

    def dates(self, visitor: Visitor, first: dt.date, after: dt.date) -> Iterator[Dated]:
        """Certifications and 担当 that end."""
        from kiban.viewing import notices

        return notices.dates(visitor, first, after)

    def digest(self, today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
        """Certifications that end, in numbers."""
        from kiban.viewing import notices

        return notices.everywhere(today)
