"""Curves: what counts as a value, where it stands, and that the table says the same."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template.loader import render_to_string

from kiban.gate.opened import Record
from kiban.records import life
from kiban.viewing import curves

BARTHEL = {name: str(len(steps) - 1) for name, _, steps in life.BARTHEL}  # everything by oneself: 100


def record(day: str, content: dict[str, object], *, history: int = 1, version: int = 1, entry: str = "") -> Record:
    first = dt.date.fromisoformat(day)
    moment = dt.datetime.combine(first, dt.time(), dt.UTC) + dt.timedelta(days=version)
    return Record(entry, history, version, first, None, "insurer:131136", moment, None, "", content)


def test_the_care_level_over_the_years_goes_up_in_steps():
    (curve,) = curves.of_item(
        "insurance_card.card",
        [
            record("2026-04-01", {"care_level": "23"}, history=3),
            record("2022-04-01", {"care_level": "12"}, history=1),
            record("2024-04-01", {"care_level": "21"}, history=2),
        ],
    )
    assert [point.words for point in curve.points] == ["要支援1", "要介護1", "要介護3"]
    assert curve.points[0].day_in_words == "令和4年4月1日"
    assert curve.points[0].y > curve.points[1].y > curve.points[2].y  # heavier is higher
    assert curve.path.count("H") == curve.path.count("V") == 2
    assert "要支援1から" in curve.summary and "要介護3まで" in curve.summary


def test_a_correction_takes_the_place_of_what_it_corrects():
    wrong, right = (record("2024-04-01", {"care_level": code}, version=at) for at, code in ((1, "25"), (2, "22")))
    for order in ([wrong, right], [right, wrong]):
        (curve,) = curves.of_item("certification.result", order)
        assert [point.words for point in curve.points] == ["要介護2"]
        assert not curve.is_drawn


def test_barthel_in_all_and_weight_of_life():
    feedback = [
        record("2025-10-01", {**BARTHEL, "weight": "48.5"}, entry="a"),
        record("2026-04-01", {**BARTHEL, "barthel_index_meal": "0", "weight": "45.0"}, entry="b"),
        record("2026-10-01", {"weight": "44"}, entry="c"),  # no Barthel that time
    ]
    barthel, weight = curves.of_item("life.feedback", feedback)
    assert [point.words for point in barthel.points] == ["100点", "90点"]
    assert [point.words for point in weight.points] == ["48.5kg", "45kg", "44kg"]
    assert [words for _, words in weight.ticks] == ["40kg", "50kg"]


@pytest.mark.parametrize("content", [{}, {"care_level": "99"}, {"care_level": None}])
def test_without_a_value_there_is_no_curve(content):
    assert curves.of_item("insurance_card.card", [record("2026-04-01", content)]) == []
    assert curves.of_item("opinion.report", [record("2026-04-01", {"care_level": "21"})]) == []


def test_every_value_of_the_drawing_stands_in_the_table_beside_it():
    made = [record(f"{year}-04-01", {"weight": str(year - 1980)}, entry=str(year)) for year in (2024, 2025, 2026)]
    (curve,) = curves.of_item("life.feedback", made)
    page = render_to_string("viewing/curve.html", {"curve": curve})
    assert page.count("<circle") == 3 and 'role="img"' in page and "style=" not in page
    for words in ("44kg", "45kg", "46kg"):
        assert f">{words}</td>" in page
    inside = all(0 <= point.x <= curve.width and 0 <= point.y <= curve.height for point in curve.points)
    assert inside
    one = render_to_string("viewing/curve.html", {"curve": curves.of_item("life.feedback", made[:1])[0]})
    assert "<svg" not in one and "44kg" in one
