from django.apps import AppConfig

from kiban.web.navigation import Place


class ViewingConfig(AppConfig):
    name = "kiban.viewing"
    label = "viewing"
    verbose_name = "介護WEBサービス"
    default_auto_field = "django.db.models.BigAutoField"
    navigation = (Place(20, "利用者", "viewing:people"),)
