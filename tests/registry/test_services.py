"""Enrolling organisations and the readiness of insurers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count

import pytest

from kiban.registry import services
from kiban.registry.models import Insurer, MigratedItem, Organisation
from kiban.registry.numbers import NumberFormatError
from kiban.registry.services import RegistryError
from tests.registry.published import Corner, number_in

DAY = date(2026, 4, 1)
LATER = date(2026, 10, 1)


@pytest.fixture
def insurer() -> Callable[[], Insurer]:
    serial = count(1)

    def make() -> Insurer:
        number = f"45{next(serial):02}{Insurer.objects.count() % 100:02}"
        return Insurer.objects.using("owner").create(prefecture_id="45", name=f"試験市{number}", number=number)

    return make


def test_enrolling_twice_is_enrolling_once() -> None:
    number = number_in("13")
    first = services.enrol_organisation(Organisation.Kind.OFFICE, number, "試験事業所", ["43"], DAY)
    again = services.enrol_organisation(Organisation.Kind.OFFICE, number, "試験事業所", ["43"], LATER)
    assert (again.pk, again.enrolled_on) == (first.pk, DAY)
    assert list(again.services.values_list("service_id", "starts_on", "ends_on")) == [("43", DAY, None)]


def test_a_new_name_and_service_follow() -> None:
    number = number_in("13")
    services.enrol_organisation(Organisation.Kind.OFFICE, number, "試験事業所", ["43"], DAY)
    again = services.enrol_organisation(
        Organisation.Kind.OFFICE, number, "試験支援事業所", ["43", "11"], LATER, corporation_name="試験会"
    )
    assert (again.name, again.corporation_name) == ("試験支援事業所", "試験会")
    assert set(again.services.values_list("service_id", "starts_on")) == {("43", DAY), ("11", LATER)}


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (Organisation.Kind.OFFICE, "131136"),
        (Organisation.Kind.MUNICIPALITY, "1390000001"),
        (Organisation.Kind.MEDICAL, "13B0000001"),
    ],
)
def test_the_number_must_have_the_form_of_the_kind(kind: Organisation.Kind, number: str) -> None:
    with pytest.raises(NumberFormatError):
        services.enrol_organisation(kind, number, "試験", [], DAY)


def test_an_unknown_service_kind_enrols_nothing() -> None:
    number = number_in("13")
    with pytest.raises(RegistryError, match="ZZ"):
        services.enrol_organisation(Organisation.Kind.OFFICE, number, "試験", ["43", "ZZ"], DAY)
    assert not Organisation.objects.filter(number=number).exists()


def test_a_published_office_is_enrolled_as_the_master_names_it(corner: Corner) -> None:
    row = corner.row()
    corner.load()
    made = services.enrol_published_office(row["事業所番号"], DAY)
    assert (made.name, made.corporation_name, made.telephone) == (
        row["事業所名"],
        row["法人の名称"],
        row["電話番号"],
    )
    assert made.services.count() == 1
    with pytest.raises(RegistryError, match="台帳にない"):
        services.enrol_published_office(number_in("13"), DAY)


def test_an_insurer_starts_with_all_or_with_some_items(insurer: Callable[[], Insurer]) -> None:
    number = insurer().number or ""
    started = services.set_insurer_start(number, DAY)
    assert (started.readiness, started.started_on) == ("date", DAY)
    assert migrated(number) == {"*": DAY}
    services.set_insurer_start(number, DAY, {"certification.result": DAY, "opinion.opinion": LATER})
    assert migrated(number) == {"certification.result": DAY, "opinion.opinion": LATER}
    services.set_insurer_readiness(number, Insurer.Readiness.ARRANGING)
    assert Insurer.objects.get(number=number).started_on is None


def migrated(number: str) -> dict[str, date]:
    return dict(MigratedItem.objects.filter(insurer__number=number).values_list("item", "migrated_on"))


def test_what_cannot_be_recorded_of_an_insurer(insurer: Callable[[], Insurer]) -> None:
    with pytest.raises(RegistryError, match="台帳にありません"):
        services.set_insurer_start("479999", DAY)
    with pytest.raises(RegistryError, match="利用開始日"):
        services.set_insurer_readiness("479999", Insurer.Readiness.DATE)
    one, other = insurer(), insurer()
    with pytest.raises(RegistryError, match=other.name):
        services.enter_insurer_number("45", one.name, other.number or "")
    with pytest.raises(RegistryError, match="台帳にない保険者"):
        services.enter_insurer_number("45", "無い市", "459001")
    with pytest.raises(NumberFormatError):
        services.enter_insurer_number("45", one.name, "45900")


def test_an_entered_number_says_so(insurer: Callable[[], Insurer]) -> None:
    one = insurer()
    services.enter_insurer_number("45", one.name, "459123")
    assert Insurer.objects.get(pk=one.pk).number_status == "entered"
