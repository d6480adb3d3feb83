from collections.abc import Mapping

from kiban.ops.room import Room


class ConsentConfig(Room):
    name = "kiban.consent"
    label = "consent"
    verbose_name = "同意"
    sql_functions = ("consent", "other", "scans", "history")

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.consent.words``."""
        from kiban.consent.words import ANSWERS

        return ANSWERS
