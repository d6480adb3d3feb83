from collections.abc import Iterator

from django.apps import AppConfig

from kiban.ops.daily import Step
from kiban.web.navigation import Place


class HomeConfig(AppConfig):
    name = "kiban.home"
    label = "home"
    verbose_name = "今日"
    default_auto_field = "django.db.models.BigAutoField"
    sql_functions = ("due",)
    navigation = (Place(10, "今日", "home:today"),)

    def daily(self) -> Iterator[Step]:
        """The e-mail with what waits."""
        from kiban.home import digest

        yield Step("期限のお知らせのメール", digest.send_all)
