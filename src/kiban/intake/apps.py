from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "kiban.intake"
    label = "intake"
    verbose_name = "取込"
    default_auto_field = "django.db.models.BigAutoField"
