from collections.abc import Iterator

from django.apps import AppConfig

from kiban.ops.health import Finding
from kiban.web.navigation import Place


class TerminalsConfig(AppConfig):
    name = "kiban.terminals"
    label = "terminals"
    verbose_name = "端末"
    default_auto_field = "django.db.models.BigAutoField"
    navigation = (Place(40, "端末", "terminals:board", administrators_only=True),)

    def prepare(self) -> list[str]:
        """Make the certificate authority and the server's certificate if they are not there."""
        from django.conf import settings

        from kiban.terminals import authority

        return authority.ensure(authority.names_of(settings.ALLOWED_HOSTS))

    def health(self) -> Iterator[Finding]:
        """How the certificates are."""
        from kiban.terminals import certificate_health

        yield from certificate_health.health()
