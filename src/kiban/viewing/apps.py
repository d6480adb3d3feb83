from collections.abc import Iterator

from django.apps import AppConfig

from kiban.ops.daily import Step
from kiban.web.navigation import Place


class ViewingConfig(AppConfig):
    name = "kiban.viewing"
    label = "viewing"
    verbose_name = "介護WEBサービス"
    default_auto_field = "django.db.models.BigAutoField"
    navigation = (Place(10, "今日", "viewing:today"), Place(20, "利用者", "viewing:people"))

    def daily(self) -> Iterator[Step]:
        """The e-mail with what waits."""
        from kiban.viewing import digest

        yield Step("期限のお知らせのメール", digest.send_all)
