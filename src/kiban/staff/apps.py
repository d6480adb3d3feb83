from django.apps import AppConfig

from kiban.web.navigation import Place


class StaffConfig(AppConfig):
    name = "kiban.staff"
    label = "staff"
    verbose_name = "職員"
    default_auto_field = "django.db.models.BigAutoField"
    navigation = [Place(50, "職員", "staff:people", administrators_only=True)]
