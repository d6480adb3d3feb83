from collections.abc import Mapping

from kiban.ops.room import Room


class PlansConfig(Room):
    name = "kiban.plans"
    label = "plans"
    verbose_name = "計画書"
    sql_functions = ("plan", "sent", "typed", "marks", "reading")

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.plans.words``."""
        from kiban.plans.words import ANSWERS

        return ANSWERS
