"""閲覧規程: the office's rules on one sheet, from the settings as they are. A version is kept when they are adopted."""

from __future__ import annotations

import itertools
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from kiban.assignment import emergencies
from kiban.evidence.models import ViewingRules
from kiban.registry.models import Organisation
from kiban.staff import rights
from kiban.staff.models import Employment
from kiban.staff.sign_in import second_factor
from kiban.terminals import scenes

# More than these do not fit on the sheet; it then says how many there are and where they stand.
MOST_NAMES = 24
MOST_ROWS = 6


def content(organisation: Organisation) -> dict[str, Any]:
    """What the sheet says, as JSON. The same settings give the same content."""
    people = list(
        Employment.objects.in_force(timezone.localdate())
        .filter(organisation=organisation)
        .select_related("account", "job_type")
        .order_by("job_type__position", "level", "account__kana", "account__name", "pk")
    )
    jobs = scenes.job_names()
    terminals = organisation.terminals.filter(retired_on=None).order_by("name")
    return {
        "office": {
            "name": organisation.name,
            "number": organisation.number,
            "corporation": organisation.corporation_name,
        },
        "responsible": [employment.account.name for employment in people if employment.is_administering],
        "people": _groups(people),
        "people_count": len(people),
        "terminals": [[terminal.name, terminal.place, terminal.purpose, terminal.custodian] for terminal in terminals],
        "scenes": [
            [
                scene.name,
                scene.place,
                "、".join(jobs.get(code, code) for code in scene.job_types),
                scene.terminal.name if scene.terminal else "",
            ]
            for scene in scenes.in_use(organisation)
        ],
        "idle_minutes": f"{settings.IDLE_MINUTES:g}",
        "emergency": emergencies.is_on(organisation),
    }


def _groups(people: list[Employment]) -> list[list[Any]]:
    """職種, level, names and number of each group; names only where all of them fit."""
    with_names = len(people) <= MOST_NAMES
    groups = []
    for (job, level), group in itertools.groupby(people, _job_and_level):
        names = [employment.account.name for employment in group]
        groups.append([job, level, names if with_names else [], len(names)])
    return groups


def _job_and_level(employment: Employment) -> tuple[str, str]:
    return employment.job_type.name, employment.get_level_display()


def latest(organisation: Organisation) -> ViewingRules | None:
    """The version in force."""
    return ViewingRules.objects.filter(organisation=organisation).order_by("-version").first()


def adopt(seen: dict[str, Any], *, by: Employment) -> ViewingRules | None:
    """Keep what ``by`` has read as the next version. ``None``: the settings have changed meanwhile.

    Where nothing changed since the version in force, that version is returned.

    Raises:
        PermissionDenied: ``by`` is no administrator.
    """
    rights.require_administrator(by, by.organisation_id)
    organisation = by.organisation
    if content(organisation) != seen:
        return None
    last = latest(organisation)
    if last is not None and last.content == seen:
        return last
    try:
        with transaction.atomic():
            return ViewingRules.objects.create(
                organisation=organisation, version=last.version + 1 if last else 1, made_by=by.account, content=seen
            )
    except IntegrityError:  # another administrator was quicker
        return latest(organisation)


def without_second_factor(organisation: Organisation) -> list[Employment]:
    """Who has set up no second factor yet: they are asked to when they first sign in."""
    people = Employment.objects.in_force(timezone.localdate()).filter(
        organisation=organisation, account__is_active=True
    )
    with_accounts = people.select_related("account")
    return [employment for employment in with_accounts if not second_factor.is_enrolled(employment.account)]
