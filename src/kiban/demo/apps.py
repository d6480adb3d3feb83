from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "kiban.demo"
    label = "demo"
    verbose_name = "デモ"
    default_auto_field = "django.db.models.BigAutoField"
