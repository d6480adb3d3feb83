from collections.abc import Iterator, Mapping

from kiban.ops.room import Finding, Room, Step


class GateConfig(Room):
    name = "kiban.gate"
    label = "gate"
    verbose_name = "関門"
    sql_functions = (
        "log",
        "sealing",
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

    beside = (["log", "seal", "--stay"],)

    def answer_words(self) -> Mapping[str, str]:
        """Of standing, role, assignment, consent and municipality."""
        from kiban.gate import words

        return words.answer_words()

    def reference_data(self) -> None:
        """Load the sharing matrix, prepare the months of the access log, tell the gate its keys, begin the seal."""
        from kiban.gate import installation, log_months, matrix
        from kiban.gate.sealing import sealer

        installation.write()
        matrix.load()
        log_months.prepare()
        sealer.ensure_log()

    def prepare(self) -> list[str]:
        """The key the log is sealed with."""
        from kiban.gate.sealing import keys

        return [f"閲覧記録の封印の鍵 {keys.folder()}"] if keys.ensure() else []

    def restored(self) -> None:
        """Transaction numbers begin anew: another tree."""
        from kiban.gate.sealing import sealer
        from kiban.ops import database

        with database.connect(database.Role.OWNER) as connection:
            sealer.begin(connection, "バックアップから戻した")

    def daily(self) -> Iterator[Step]:
        """The coming months of the access log; the day's head leaves."""
        from kiban.gate import log_months
        from kiban.gate.sealing import outward

        yield Step("閲覧記録の月の区画", log_months.prepare)
        yield Step("閲覧記録の署名のメール", outward.mail_head)

    def health(self) -> Iterator[Finding]:
        """Whether the access log has its months, every question its decision, and every row its seal."""
        from kiban.gate import log_months, undecided
        from kiban.gate.sealing import outward, sealing_health

        yield from log_months.health()
        yield from undecided.health()
        yield from sealing_health.health()
        yield from outward.health()
