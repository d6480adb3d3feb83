from collections.abc import Iterator, Mapping

from kiban.ops.room import Room, Step


class AssignmentConfig(Room):
    name = "kiban.assignment"
    label = "assignment"
    verbose_name = "担当"
    sql_functions = ("policy", "identity", "registering", "lapsing", "handover", "grants", "reading", "emergency")

    def answer_words(self) -> Mapping[str, str]:
        """See ``kiban.assignment.words``."""
        from kiban.assignment.words import ANSWERS

        return ANSWERS

    def reference_data(self) -> None:
        """Load the rule of 担当."""
        from kiban.assignment import policy

        policy.load()

    def daily(self) -> Iterator[Step]:
        """Proofs of cards that prove nothing any more."""
        from kiban.assignment import card_proofs

        yield Step("古いカードの確認の片付け", card_proofs.tidy)
