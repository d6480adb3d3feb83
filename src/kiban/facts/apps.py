from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "kiban.facts"
    label = "facts"
    verbose_name = "同意・担当の事実"
    default_auto_field = "django.db.models.BigAutoField"
