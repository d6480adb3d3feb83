from collections.abc import Iterator, Mapping

from kiban.ops.room import Room, Step


class PlansConfig(Room):
    name = "kiban.plans"
    label = "plans"
    verbose_name = "計画書"
    sql_functions = ("plan", "sent", "typed", "marks", "reading")

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.plans.words``."""
        from kiban.plans.words import ANSWERS

        return ANSWERS

    def daily(self) -> Iterator[Step]:
        """Drafts nobody went on with."""
        from kiban.plans import daily

        yield Step("途中の計画書の片付け", daily.tidy)
