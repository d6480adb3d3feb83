from collections.abc import Iterator

from django.apps import AppConfig

from kiban.ops.daily import Step
from kiban.ops.health import Finding
from kiban.web.navigation import Place


class StaffConfig(AppConfig):
    name = "kiban.staff"
    label = "staff"
    verbose_name = "職員"
    default_auto_field = "django.db.models.BigAutoField"
    navigation = [Place(50, "職員", "staff:people", administrators_only=True)]

    def daily(self) -> Iterator[Step]:
        """Sessions and attempts that are over."""
        from kiban.staff import tidying

        yield Step("終わったサインインの片付け", tidying.tidy)

    def health(self) -> Iterator[Finding]:
        """Whether e-mails would leave."""
        from kiban.staff import mail

        yield mail.health()
