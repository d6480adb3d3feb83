"""What the rows of 第2表 offer to choose from: kinds of service, and offices with their numbers, from the registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, When
from django.utils import timezone

from kiban.formats.careplan.layouts.codes import IN_SCOPE
from kiban.registry.models import Office, Organisation

PLACE = 5  # characters of a 事業所番号 that say where it is: prefecture, kind of number, 郡市区
MOST = 300  # offices of each register: a list somebody still looks through

SERVICE_KINDS = sorted(set(IN_SCOPE.values()), key=list(IN_SCOPE.values()).index)


@dataclass(frozen=True)
class OfferedOffice:
    """An office to choose: its name, and its 事業所番号."""

    name: str
    number: str


def offices(own_number: str, plans: Iterable[Mapping[str, Any]]) -> list[OfferedOffice]:
    """Offices of the person's plans, of this installation, and of the place the own office is in; each number once."""
    today = timezone.localdate()
    found = {
        row["provider_number"]: row["provider"]
        for content in plans
        for row in content.get("services", [])
        if row.get("provider") and row.get("provider_number")
    }
    enrolled = Organisation.objects.filter(kind=Organisation.Kind.OFFICE, enrolled_on__lte=today).filter(
        Q(ended_on=None) | Q(ended_on__gt=today)
    )
    place = Office.objects.filter(number=own_number).values("municipality_code")
    near = Office.objects.filter(municipality_code__in=place, withdrawn_on=None)
    neighbours_first = Case(When(number__startswith=own_number[:PLACE], then=0), default=1)
    for register in (enrolled, near):
        others = register.exclude(number=own_number).order_by(neighbours_first, "name")
        for number, name in others.values_list("number", "name")[:MOST]:
            found.setdefault(number, name)
    return [OfferedOffice(name, number) for number, name in found.items()]
