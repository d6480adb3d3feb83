"""Who may look after somebody: the staff of an office."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff.models import Employment
from kiban.staff.sign_in.purposes import CARE_MANAGERS


def colleagues(organisation: Organisation) -> Sequence[Employment]:
    """Who works in the organisation today, care managers first."""
    employed = Employment.objects.in_force(timezone.localdate()).filter(organisation=organisation)
    found = employed.select_related("account", "job_type").order_by("account__kana", "account__name", "pk")
    return sorted(found, key=lambda one: one.job_type_id not in CARE_MANAGERS)


def everybody(organisation: Organisation) -> Sequence[tuple[int, str]]:
    """Whose persons there may be: the number and the name of each account, who has left last and marked so."""
    today = timezone.localdate()
    ordered = organisation.employments.select_related("account").order_by("account__kana", "account__name", "pk")
    now = {one.account_id: one.account.name for one in ordered.in_force(today)}
    past = {one.account_id: f"{one.account.name}(退職・異動)" for one in ordered if one.account_id not in now}
    return [*now.items(), *past.items()]
