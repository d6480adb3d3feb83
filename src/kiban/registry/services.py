"""What other rooms ask of the registry: enrolling organisations, and how far an insurer has come.

Everything here is written by the worker role: it is an act of the operator or of enrolment, never of a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from kiban.registry import numbers
from kiban.registry.models import Insurer, MigratedItem, Office, Organisation, OrganisationService, ServiceKind

ALIAS = "worker"
EVERY_ITEM = "*"


class RegistryError(ValueError):
    """What was asked cannot be done; the message says in Japanese why and what to do."""


def enrol_organisation(
    kind: Organisation.Kind,
    number: str,
    name: str,
    services: Iterable[str],
    on: date,
    *,
    corporation_name: str = "",
    telephone: str = "",
) -> Organisation:
    """Let an organisation take part from ``on``. Again with the same facts changes nothing; name, corporation and
    telephone follow the last call; services it had before stay, new ones begin on ``on``.

    Args:
        number: 事業所番号, 保険者番号 or 医療機関コード, by ``kind``; its check digit is not asked.
        services: サービス種類コード it is designated for; none for municipalities and medical institutions.

    Raises:
        NumberFormatError: the number does not have the form of its kind.
        RegistryError: a service kind is unknown.
    """
    number = numbers.require_form(_NUMBER_OF[kind], numbers.tidied(_NUMBER_OF[kind], number))
    wanted = list(dict.fromkeys(services))
    known = set(ServiceKind.objects.using(ALIAS).filter(code__in=wanted).values_list("code", flat=True))
    if unknown := [code for code in wanted if code not in known]:
        raise RegistryError(f"知らないサービス種類コードです({'、'.join(unknown)})。2文字のコードを確かめてください。")
    with transaction.atomic(using=ALIAS):
        facts = {"name": name, "corporation_name": corporation_name, "telephone": telephone}
        organisation, _ = Organisation.objects.using(ALIAS).update_or_create(
            kind=kind, number=number, defaults=facts, create_defaults={**facts, "enrolled_on": on}
        )
        running = set(
            OrganisationService.objects.using(ALIAS)
            .filter(organisation=organisation, ends_on=None)
            .values_list("service_id", flat=True)
        )
        OrganisationService.objects.using(ALIAS).bulk_create(
            OrganisationService(organisation=organisation, service_id=code, starts_on=on)
            for code in wanted
            if code not in running
        )
    # Callers go on with it in their own connection.
    return Organisation.objects.get(pk=organisation.pk)


_NUMBER_OF = {
    Organisation.Kind.OFFICE: "事業所番号",
    Organisation.Kind.MUNICIPALITY: "保険者番号",
    Organisation.Kind.MEDICAL: "医療機関コード",
}


def enrol_published_office(number: str, on: date) -> Organisation:
    """Enrol an office with name, corporation, telephone and services as the master publishes them.

    Raises:
        RegistryError: the master does not know the number.
    """
    office = Office.objects.using(ALIAS).filter(number=number, withdrawn_on=None).first()
    if office is None:
        raise RegistryError("事業所の台帳にない番号です。番号を確かめるか、新しい台帳を読み込んでください。")
    services = office.services.filter(withdrawn_on=None).order_by("kind").values_list("service_code", flat=True)
    return enrol_organisation(
        Organisation.Kind.OFFICE,
        number,
        office.name,
        services,
        on,
        corporation_name=office.corporation_name,
        telephone=office.telephone,
    )


def set_insurer_start(
    insurer_number: str, started_on: date, items: Iterable[str] | Mapping[str, date] = (EVERY_ITEM,)
) -> Insurer:
    """Record that an insurer has started (利用開始日) and which information is in the platform.

    Args:
        items: item keys, or ``*`` for all; with dates when they were migrated later than ``started_on``. They
            replace what was recorded before.

    Raises:
        RegistryError: no insurer has this number.
    """
    dates = items if isinstance(items, Mapping) else dict.fromkeys(items, started_on)
    with transaction.atomic(using=ALIAS):
        insurer = insurer_numbered(insurer_number)
        insurer.readiness = Insurer.Readiness.DATE
        insurer.started_on = started_on
        insurer.save(using=ALIAS, update_fields=["readiness", "started_on"])
        standing = MigratedItem.objects.using(ALIAS).filter(insurer=insurer)
        standing.exclude(item__in=dates).delete()
        MigratedItem.objects.using(ALIAS).bulk_create(
            [MigratedItem(insurer=insurer, item=item, migrated_on=day) for item, day in dates.items()],
            update_conflicts=True,
            unique_fields=["insurer", "item"],
            update_fields=["migrated_on"],
        )
    return insurer


def set_insurer_readiness(insurer_number: str, readiness: Insurer.Readiness) -> Insurer:
    """Record that an insurer has no starting day (yet): ``arranging``, ``undecided`` or ``unconfirmed``.

    Raises:
        RegistryError: no insurer has this number, or a starting day is meant (``set_insurer_start``).
    """
    if readiness == Insurer.Readiness.DATE:
        raise RegistryError("利用開始日を添えて登録してください。")
    insurer = insurer_numbered(insurer_number)
    insurer.readiness, insurer.started_on = readiness, None
    insurer.save(using=ALIAS, update_fields=["readiness", "started_on"])
    return insurer


def enter_insurer_number(prefecture_code: str, name: str, number: str) -> Insurer:
    """Record the number of an insurer whose number is not published (wide-area bodies), or correct a computed one.

    Raises:
        NumberFormatError: not six digits of a prefecture.
        RegistryError: no such insurer, or another one has this number.
    """
    numbers.check_insurer_number(number)
    with transaction.atomic(using=ALIAS):
        insurers = Insurer.objects.using(ALIAS)
        insurer = insurers.filter(prefecture_id=prefecture_code, name=name).first()
        if insurer is None:
            raise RegistryError("台帳にない保険者です。都道府県と名前を確かめてください。")
        if other := insurers.filter(number=number).exclude(pk=insurer.pk).first():
            raise RegistryError(f"この番号は{other.name}が使っています。番号を確かめてください。")
        insurer.number, insurer.number_status = number, Insurer.NumberStatus.ENTERED
        insurer.save(using=ALIAS, update_fields=["number", "number_status"])
    return insurer


def insurer_numbered(number: str) -> Insurer:
    """The insurer with this 保険者番号.

    Raises:
        RegistryError: there is none.
    """
    insurer = Insurer.objects.using(ALIAS).filter(number=number).first()
    if insurer is None:
        raise RegistryError(f"保険者番号{number}の保険者は台帳にありません。番号を確かめてください。")
    return insurer
