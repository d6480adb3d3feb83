from django.apps import AppConfig


class LogConfig(AppConfig):
    name = "kiban.log"
    label = "log"
    verbose_name = "見た記録"
    default_auto_field = "django.db.models.BigAutoField"
    sql_functions = ("who_opened",)
