from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kiban.web"
    label = "web"
    verbose_name = "画面の骨組み"
    default_auto_field = "django.db.models.BigAutoField"
