from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "kiban.exchange"
    label = "exchange"
    verbose_name = "ケアプランデータ連携"
    default_auto_field = "django.db.models.BigAutoField"
