"""法人: which organisations of this installation belong to one corporation.

The name alone is not enough: two corporations may be called alike. Where the open data publish a 法人番号 for both
offices, that decides; else the same name as entered at enrolment.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from kiban.registry.models import Office, Organisation


def offices_of_the_corporation(organisation: Organisation) -> QuerySet[Organisation]:
    """The organisation itself and all that belong to the same corporation and take part today."""
    alone = Organisation.objects.filter(pk=organisation.pk)
    name = organisation.corporation_name.strip()
    if not name:
        return alone
    alike = Organisation.objects.filter(corporation_name=name).exclude(ended_on__lte=timezone.localdate())
    published = dict(
        Office.objects.filter(number__in=alike.filter(kind=Organisation.Kind.OFFICE).values("number"))
        .exclude(corporation_number="")
        .values_list("number", "corporation_number")
    )
    mine = published.get(organisation.number) if organisation.kind == Organisation.Kind.OFFICE else None
    if mine is not None:
        alike = alike.exclude(
            kind=Organisation.Kind.OFFICE, number__in=[number for number, other in published.items() if other != mine]
        )
    return (alike | alone).distinct()


def is_of_the_corporation(organisation: Organisation, other: Organisation) -> bool:
    """Whether two organisations belong to one corporation."""
    return offices_of_the_corporation(organisation).filter(pk=other.pk).exists()
