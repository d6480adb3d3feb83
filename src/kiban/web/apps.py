from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kiban.web"
    label = "web"
    verbose_name = "画面の骨組み"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kiban.web.forms import speak_plainly

        speak_plainly()
