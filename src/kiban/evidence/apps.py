from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "kiban.evidence"
    label = "evidence"
    verbose_name = "運営指導"
    default_auto_field = "django.db.models.BigAutoField"
