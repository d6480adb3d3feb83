from django.apps import AppConfig


class ViewingConfig(AppConfig):
    name = "kiban.viewing"
    label = "viewing"
    verbose_name = "介護WEBサービス"
    default_auto_field = "django.db.models.BigAutoField"
