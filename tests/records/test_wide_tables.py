"""Tables of a record with more columns than a screen is wide: their rows are cards, every cell with its name."""

from __future__ import annotations

from django.template.loader import render_to_string

from kiban.records import kinds
from kiban.records.items import DisplayTable


def test_the_second_sheet_is_wide_and_every_cell_names_itself():
    texts = ("long_goal", "long_period", "short_goal", "short_period", "content", "service", "provider", "period")
    content = {"services": [{"need": "歩きたい", "frequency": "週2回", **dict.fromkeys(texts, "試験")}]}
    (table,) = [table for group in kinds.display("careplan.plan", content) for table in group.tables]
    assert table.is_wide
    page = render_to_string("web/record_table.html", {"table": table})
    assert "kb-table--cards" in page and "kb-scroll" not in page
    assert 'data-label="頻度">週2回</td>' in page


def test_a_narrow_table_stays_a_table():
    page = render_to_string("web/record_table.html", {"table": DisplayTable("表", ["一", "二"], [["1", "2"]])})
    assert "kb-table--cards" not in page and "kb-table--stack" in page and "kb-scroll" in page


def test_a_kind_of_service_is_shown_by_name():
    place = next(place for place in kinds.item("life.feedback").fields if place.name == "service_code")
    assert (place.show("15"), place.show("ZZ")) == ("通所介護(15)", "ZZ")


def test_a_time_is_shown_as_people_write_it():
    week = [{"weekday": "1", "starts_at": "0930", "content": "通所介護"}]
    (table,) = [table for group in kinds.display("careplan.plan", {"week": week}) for table in group.tables]
    assert table.rows == [["月", "9:30", "通所介護"]]
