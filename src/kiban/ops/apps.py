from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "kiban.ops"
    label = "ops"
    verbose_name = "運用"
    default_auto_field = "django.db.models.BigAutoField"
