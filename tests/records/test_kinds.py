"""Kinds are data found by looking: a module with a KIND is a kind."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiban.records
from kiban.records import certification_survey as survey
from kiban.records import kinds, life

KEYS = {
    "insurance_card": ["card", "burden_ratio", "burden_limit", "reduction"],
    "certification": ["result", "survey", "progress"],
    "opinion": ["opinion"],
    "housing": ["home_modification", "equipment"],
    "careplan": ["plan"],
    "life": ["feedback"],
}


def test_the_six_kinds_in_the_order_staff_know() -> None:
    assert [kind.key for kind in kinds.kinds()] == list(KEYS)
    assert kinds.item_keys() == [f"{kind}.{item}" for kind, items in KEYS.items() for item in items]


@pytest.mark.parametrize("ask", [kinds.kind, kinds.item, lambda key: kinds.display(key, {})])
def test_an_unknown_name_raises(ask: object) -> None:
    for name in ("", "certification", "certification.surveys", "CARD"):
        if ask is kinds.kind and name == "certification":
            continue
        with pytest.raises(kinds.UnknownKindError):
            ask(name)  # type: ignore[operator]


@pytest.fixture
def another_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "meals.py").write_text(
        "from kiban.records.fields import Date\nfrom kiban.records.items import Group, Item, Kind\n"
        "ITEM = Item('meals.meal', '配食', '試験', (Group('配食', (Date('day', '配食日', required=True),)),))\n"
        "KIND = Kind('meals', '配食', 9, (ITEM,))\n"
    )
    monkeypatch.setattr(kiban.records, "__path__", [*kiban.records.__path__, str(tmp_path)])
    kinds.kinds.cache_clear()
    kinds._items.cache_clear()
    yield
    monkeypatch.undo()
    kinds.kinds.cache_clear()
    kinds._items.cache_clear()
    sys.modules.pop("kiban.records.meals")


@pytest.mark.usefixtures("another_kind")
def test_adding_a_kind_is_adding_one_module() -> None:
    from kiban.intake.layouts import layouts

    assert kinds.kinds()[-1].key == "meals"
    assert kinds.display("meals.meal", {"day": "2026-04-01"})[0].lines[0].value == "令和8年4月1日(2026年)"
    layouts.cache_clear()
    try:
        assert layouts()[-1].key == "meals.meal", "and it can be brought in"
    finally:
        layouts.cache_clear()


@pytest.mark.parametrize("item", kinds.items(), ids=lambda item: item.key)
def test_every_declaration_is_sound(item: kinds.Item) -> None:
    names = [field.name for field in item.fields]
    assert len(set(names)) == len(names)
    assert len({field.label for field in item.fields}) == len(names)
    assert item.source
    assert item.sender_field in {"", *names}
    for name in (item.valid_from, item.valid_until, *item.entry):
        assert name == "" or name in names
    assert all(item.by_name[name].required for name in item.entry), "an entry without its key could not be told apart"
    for check in item.checks:
        assert set(check.fields) <= set(names)
        assert check.holds(*[None] * len(check.fields)), "nothing given breaks no rule"


def test_the_survey_has_its_74_items() -> None:
    single = [*survey.BODY[2:], *survey.LIVING, *survey.COGNITION, *survey.BEHAVIOUR, *survey.SOCIETY]
    assert len(single) + len(survey.PARALYSIS) + len(survey.CONTRACTURE) + len(survey.TREATMENTS) == 74


def test_a_barthel_code_is_not_its_score() -> None:
    best = {name: str(len(steps) - 1) for name, _, steps in life.BARTHEL}
    assert life.barthel_total(best) == 100
    assert life.barthel_total(dict.fromkeys(best, "0")) == 0
    assert life.points("barthel_index_bathing", "0") == life.points("barthel_index_bathing", "1") == 0
    assert life.points("barthel_transfer", "3") == 15
    assert life.barthel_total({}) is None
