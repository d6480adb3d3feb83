from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "kiban.registry"
    label = "registry"
    verbose_name = "台帳"
    default_auto_field = "django.db.models.BigAutoField"

    def reference_data(self) -> None:
        """Code lists only; the masters are loaded by ``kiban registry load``."""
        from kiban.registry import codes

        codes.load()
