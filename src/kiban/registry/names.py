"""Names for numbers, as pages say them."""

from __future__ import annotations

from kiban.registry.models import Insurer, Office, Organisation


def insurer_name(number: str) -> str:
    """The name of a 保険者; its number in words where none is known by it."""
    found = Insurer.objects.filter(number=number).values_list("name", flat=True).first()
    return found or f"保険者番号{number}"


def office_name(number: str) -> str:
    """The name of the office with this number, here or in the published list; empty where there is none."""
    for register in (Organisation.objects.filter(kind=Organisation.Kind.OFFICE), Office.objects.all()):
        name = register.filter(number=number).values_list("name", flat=True).first()
        if name:
            return str(name)
    return ""
