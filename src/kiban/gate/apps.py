from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "kiban.gate"
    label = "gate"
    verbose_name = "関門"
    default_auto_field = "django.db.models.BigAutoField"
