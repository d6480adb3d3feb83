from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "kiban.staff"
    label = "staff"
    verbose_name = "職員"
    default_auto_field = "django.db.models.BigAutoField"
