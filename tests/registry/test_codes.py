"""Code lists: what every installation has from its first start."""

from __future__ import annotations

from kiban.registry import codes
from kiban.registry.models import JobType, Prefecture, ServiceKind


def test_code_lists_are_there_after_set_up() -> None:
    assert Prefecture.objects.count() == 47
    assert Prefecture.objects.get(code="13").kana == "トウキョウト"
    assert ServiceKind.objects.get(code="43").name == "居宅介護支援"
    assert JobType.objects.get(code="care_manager").name == "介護支援専門員"


def test_loading_again_changes_nothing() -> None:
    before = set(ServiceKind.objects.values_list("code", "name", "grade"))
    codes.load()
    assert set(ServiceKind.objects.values_list("code", "name", "grade")) == before


def test_every_kind_of_the_open_data_stands_for_a_known_service() -> None:
    known = set(ServiceKind.objects.values_list("code", flat=True))
    assert {kind.service_code for kind in codes.published_kinds().values()} <= known


def test_names_of_kinds_are_told_apart_whatever_their_brackets() -> None:
    for kind in codes.published_kinds().values():
        assert codes.published_kind_named(kind.name) == kind
    found = codes.published_kind_named("短期入所療養介護(介護医療院)")
    assert found is not None
    assert found.kind == "551"
    assert codes.published_kind_named("訪問") is None
