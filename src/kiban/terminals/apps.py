from django.apps import AppConfig


class TerminalsConfig(AppConfig):
    name = "kiban.terminals"
    label = "terminals"
    verbose_name = "端末"
    default_auto_field = "django.db.models.BigAutoField"
