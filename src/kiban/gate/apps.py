from collections.abc import Iterator, Mapping

from kiban.ops.room import Finding, Room, Step


class GateConfig(Room):
    name = "kiban.gate"
    label = "gate"
    verbose_name = "関門"
    sql_functions = (
        "log",
        "ladders",
        "caller",
        "use",
        "decide",
        "acts",
        "rows",
        "steps",
        "opened",
        "open",
        "listed_person",
        "list",
        "list_answer",
    )

    def answer_words(self) -> Mapping[str, str]:
        """Of standing, role, assignment, consent and municipality."""
        from kiban.gate import words

        return words.answer_words()

    def reference_data(self) -> None:
        """Load the sharing matrix, prepare the months of the access log, tell the gate its keys."""
        from kiban.gate import installation, log_months, matrix

        installation.write()
        matrix.load()
        log_months.prepare()

    def daily(self) -> Iterator[Step]:
        """The coming months of the access log."""
        from kiban.gate import log_months

        yield Step("閲覧記録の月の区画", log_months.prepare)

    def health(self) -> Iterator[Finding]:
        """Whether the access log has its months, and every question its decision."""
        from kiban.gate import log_months, undecided

        yield from log_months.health()
        yield from undecided.health()
