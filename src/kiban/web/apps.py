from collections.abc import Iterator

from kiban.ops.room import Finding, Room, State


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

    def health(self) -> Iterator[Finding]:
        """Which font prints."""
        from kiban.paper import fonts

        try:
            yield Finding(f"印刷のフォント: {fonts.in_words()}")
        except fonts.NoFontError as error:
            yield Finding("印刷のフォントがありません", State.BAD, str(error))
