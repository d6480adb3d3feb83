from kiban.ops.room import Room


class WebConfig(Room):
    name = "kiban.web"
    label = "web"
    verbose_name = "画面の骨組み"

    def ready(self) -> None:
        from django.urls import register_converter

        from kiban.web.forms import speak_plainly
        from kiban.web.opaque import PersonConverter

        speak_plainly()
        register_converter(PersonConverter, "person")
