from collections.abc import Iterator

from django.apps import AppConfig

from kiban.ops.health import Finding


class GateConfig(AppConfig):
    name = "kiban.gate"
    label = "gate"
    verbose_name = "関門"
    default_auto_field = "django.db.models.BigAutoField"
    sql_functions = (
        "log",
        "caller",
        "decide",
        "open",
        "list",
        "who_opened",
        "acts",
        "consent",
        "relation",
        "emergency",
        "read",
    )

    def reference_data(self) -> None:
        """Load the sharing matrix and the rule of 担当, and prepare the months of the access log."""
        from kiban.gate import matrix, relation_policy
        from kiban.ops import database

        matrix.load()
        relation_policy.load()
        with database.connect(database.Role.OWNER) as connection:
            connection.execute("SELECT gate.ensure_partitions()")

    def health(self) -> Iterator[Finding]:
        """Whether the access log has its months."""
        from kiban.gate import log_months

        yield from log_months.health()
