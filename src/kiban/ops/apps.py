from collections.abc import Iterator

from kiban.ops.room import Finding, Room


class OpsConfig(Room):
    name = "kiban.ops"
    label = "ops"
    verbose_name = "運用"

    def health(self) -> Iterator[Finding]:
        """How the machine and the database are."""
        import datetime as dt

        from kiban.ops import daily, database_health, machine
        from kiban.ops.backup import last

        yield from machine.health()
        yield from last.health(dt.datetime.now(dt.UTC))
        yield from database_health.health()
        yield from daily.health()
