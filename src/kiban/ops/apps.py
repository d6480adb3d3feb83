from collections.abc import Iterator

from django.apps import AppConfig

from kiban.ops.health import Finding


class OpsConfig(AppConfig):
    name = "kiban.ops"
    label = "ops"
    verbose_name = "運用"
    default_auto_field = "django.db.models.BigAutoField"

    def health(self) -> Iterator[Finding]:
        """How the machine and the database are."""
        from kiban.ops import daily, database_health, machine

        yield from machine.health()
        yield from database_health.health()
        yield from daily.health()
