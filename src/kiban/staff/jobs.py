"""Which job (職種) somebody is registered with at the command line: by its code or its name."""

from __future__ import annotations

from django.core.management.base import CommandError

from kiban.registry import codes
from kiban.registry.models import JobType, Organisation
from kiban.terms.services import MAKES_PLAN


def listed() -> str:
    """Every job with its code, as a command's help says them; needs no database."""
    return "、".join(f"{row['code']}({row['name']})" for row in codes.read("job_types.csv"))


def named(text: str) -> JobType:
    """The job of that code or that name.

    Raises:
        CommandError: there is none; the words list all.
    """
    found = JobType.objects.filter(code=text).first() or JobType.objects.filter(name=text).first()
    if found is None:
        raise CommandError(f"職種が違います。使えるもの: {listed()}")
    return found


def of_the_first(organisation: Organisation) -> JobType:
    """The job of an office's first person where nobody says it.

    The head of an office that makes plans is a care manager by its standards (指定居宅介護支援等の事業の人員及び運営に
    関する基準 第3条), and is registered as one: the level 事業所ユーザ says already that they administer the office.
    """
    makes_plans = organisation.services.filter(service_id__in=MAKES_PLAN).exists()
    return JobType.objects.get(code="care_manager" if makes_plans else "manager")
