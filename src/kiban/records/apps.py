from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "kiban.records"
    label = "records"
    verbose_name = "情報の種類"
    default_auto_field = "django.db.models.BigAutoField"
