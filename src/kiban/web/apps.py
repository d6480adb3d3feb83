from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kiban.web"
    label = "web"
    verbose_name = "画面の骨組み"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import register_converter

        from kiban.web.forms import speak_plainly
        from kiban.web.opaque import PersonConverter

        speak_plainly()
        register_converter(PersonConverter, "person")
