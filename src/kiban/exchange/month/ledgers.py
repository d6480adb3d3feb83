"""What this platform knows of the four ledgers, for the checks before a claim (``claims.Ledgers``).

Offices and insurers come from the masters. Users come from the list of persons the office may see: it stands in the
access log, and shows care level and validity only where the card may be opened.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from django.utils import timezone

from kiban.exchange.participant import Participant
from kiban.formats.careplan.claims import Designation, Ledgers, Recipient, User
from kiban.formats.careplan.layouts.codes import IN_SCOPE
from kiban.gate import door
from kiban.gate.opened import ListedPerson
from kiban.registry.models import Insurer, MasterLoad, OfficeService, OrganisationService
from kiban.registry.numbers import insured_number_of

PAGE = 200  # persons a call, the most the list gives


def of_files(offices: Mapping[str, str]) -> Ledgers:
    """What the masters say of these offices (事業所番号 → name) and of all insurers."""
    return Ledgers(offices=_designations(set(offices)), insurers=_insurers(), names=offices)


def of_month(participant: Participant, month: str, offices: Mapping[str, str]) -> Ledgers:
    """The same and what is known of the users the office may see, in a month (YYYYMM)."""
    known = of_files(offices)
    return replace(known, recipients=_recipients(participant, month))


def _insurers() -> frozenset[str] | None:
    """All numbers there are; ``None`` while the list was not read in, or one is not known or only worked out by us."""
    if not MasterLoad.objects.filter(dataset="insurers").exists():
        return None
    sure = (Insurer.NumberStatus.PUBLISHED, Insurer.NumberStatus.ENTERED)
    insurers = list(Insurer.objects.values_list("number", "number_status"))
    if not insurers or any(not number or status not in sure for number, status in insurers):
        return None
    return frozenset(number for number, _ in insurers if number)


def _designations(offices: set[str]) -> dict[str, dict[str, tuple[Designation, ...]]]:
    """By office and kind of service. Kinds whose list was not read in for the office's prefecture are not known and
    taken as designated; so are 総合事業 and 介護予防, which no open list has."""
    designations: dict[str, dict[str, tuple[Designation, ...]]] = defaultdict(dict)
    places: dict[str, str] = {}
    published = OfficeService.objects.filter(office__in=offices)
    for number, place, kind, withdrawn in published.values_list(
        "office_id", "prefecture_id", "service_code", "withdrawn_on"
    ):
        designations[number][kind] = (*designations[number].get(kind, ()), Designation(None, withdrawn))
        places[number] = place
    listed = _listed(set(places.values()))
    enrolled = OrganisationService.objects.filter(organisation__number__in=designations)
    for number, kind, starts_on, ends_on in enrolled.values_list(
        "organisation__number", "service_id", "starts_on", "ends_on"
    ):
        designations[number][kind] = (*designations[number].get(kind, ()), Designation(starts_on, ends_on))
    for number, services in designations.items():
        services |= {kind: (Designation(),) for kind in IN_SCOPE if kind not in listed[places[number]]}
    return dict(designations)


def _listed(prefectures: set[str]) -> dict[str, set[str]]:
    """Prefecture → kinds of service whose own list (公表種別: the code and a 0) was read in for it."""
    listed: dict[str, set[str]] = {place: set() for place in prefectures}
    rows = OfficeService.objects.filter(prefecture__in=prefectures).values_list("prefecture_id", "kind").distinct()
    for place, kind in rows:
        if kind.endswith("0"):
            listed[place].add(kind[:2])
    return listed


def _recipients(participant: Participant, month: str) -> dict[User, Recipient]:
    recipients: dict[User, Recipient] = {}
    offset, total = 0, 1
    while offset < total:
        page = door.people(participant.caller, participant.purpose, offset=offset, limit=PAGE)
        total = page.total
        for person in page.people:
            user = person.insurer_no, insured_number_of(person.key)
            recipients[user] = _recipient(person, month)
        offset += PAGE
    return recipients


def _recipient(person: ListedPerson, month: str) -> Recipient:
    """What the list shows is what holds today: it says something of the month only if it held then already."""
    first = dt.datetime.strptime(month, "%Y%m").date()  # noqa: DTZ007 - a day, no moment
    in_force = person.valid_from is not None and person.valid_from <= first
    ratio = person.burden_ratio
    return Recipient(
        level=(person.care_level or None) if in_force else None,
        valid_from=person.valid_from if in_force else None,
        valid_to=person.valid_to if in_force else None,
        burden=int(ratio) if ratio in ("1", "2", "3") and _year(first) == _year(timezone.localdate()) else None,
        birth=f"{person.birth:%Y%m%d}" if isinstance(person.birth, dt.date) else None,
        sex=person.sex if person.sex in ("1", "2") else None,
    )


def _year(day: dt.date) -> int:
    """負担割合 changes on 1 August."""
    return day.year if day.month >= 8 else day.year - 1
