"""``{% load furigana %}``; ``{% furigana %}…{% endfurigana %}`` where ``with_readings`` says so; ``name|as_is``."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from kiban.consent import readings

register = template.Library()


class _Furigana(template.Node):
    def __init__(self, inside: template.NodeList) -> None:
        self.inside = inside

    def render(self, context: template.Context) -> SafeString:
        markup = self.inside.render(context)
        return readings.with_ruby(markup) if context.get("with_readings") else readings.left_alone(markup)


@register.tag
def furigana(parser: template.base.Parser, token: template.base.Token) -> _Furigana:
    """What stands inside, with readings above its words when the page was asked for with them."""
    inside = parser.parse(("endfurigana",))
    parser.delete_first_token()
    return _Furigana(inside)


@register.filter
def as_is(value: str) -> SafeString:
    """A name inside ``furigana``: its reading is not ours to say."""
    begin, end = readings.AS_IS
    return mark_safe(f"{begin}{conditional_escape(value)}{end}")  # noqa: S308 - escaped just now
