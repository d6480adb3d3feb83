"""``{% load card_reading %}`` and, inside a form, ``{% card_reading %}``: reads a card into the form."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from kiban.assignment.pages.card_reading import is_set_up, unused_proof
from kiban.terminals.card import revocation

register = template.Library()


@register.inclusion_tag("assignment/card_reading.html", takes_context=True)
def card_reading(context: template.Context) -> dict[str, Any]:
    """The part of a form that reads a My Number card; lets this page, and no other, reach the client."""
    client = f"http://127.0.0.1:{settings.CARD_PORT}"
    set_up = is_set_up()
    if set_up:
        context["request"].connect_also = client
    return {
        "set_up": set_up,
        "client": client,
        "proof": unused_proof(context["request"]),
        "revocation_is_off": revocation.is_off(),
    }
