from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "kiban.plans"
    label = "plans"
    verbose_name = "計画書"
    default_auto_field = "django.db.models.BigAutoField"
    sql_functions = ("plan",)
