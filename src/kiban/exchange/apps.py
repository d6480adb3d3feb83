from django.apps import AppConfig

from kiban.web.navigation import Place


class ExchangeConfig(AppConfig):
    name = "kiban.exchange"
    label = "exchange"
    verbose_name = "ケアプランデータ連携"
    default_auto_field = "django.db.models.BigAutoField"
    sql_functions = ("boxes", "unit", "waiting", "into_records", "queries")
    navigation = (Place(30, "ケアプラン連携", "exchange:inbox", kinds=("office",), around="exchange:check"),)
