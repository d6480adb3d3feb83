"""What is kept of a record, how it is shown, and what changed between two versions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.records import kinds, versions
from kiban.records.items import DisplayLine
from tests.records.strategies import contents

RESULT = {
    "applied_on": "2026-03-01",
    "application_kind": "2",
    "state": "2",
    "care_level": "23",
    "decided_on": "2026-03-20",
    "valid_from": "2026-04-01",
    "valid_until": "2027-03-31",
}


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_any_content_is_shown_in_full(data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(kinds.items()))
    content = data.draw(contents(item))
    groups = kinds.display(item.key, content)
    labels = [line.label for group in groups for line in (*group.lines, *group.tables)]
    assert {field.label for field in item.fields if field.name in content} <= set(labels)
    assert all(value for group in groups for _, value in group.lines)
    assert [label for label in labels if labels.count(label) > 1] == []
    single = [problem for problem in item.problems(content) if problem.reason not in {c.reason for c in item.checks}]
    assert single == []


def test_dates_codes_and_empty_values_in_words() -> None:
    shown = {line.label: line.value for group in kinds.display("certification.result", RESULT) for line in group.lines}
    assert shown["要介護度"] == "要介護3"
    assert shown["有効期間終了日"] == "令和9年3月31日(2027年)"
    assert shown["審査会意見"] == "記載なし"
    assert "一次判定日" not in shown, "an empty value is left out where saying so helps nobody"


def test_tables_are_shown_as_tables() -> None:
    plan = {"services": [{"need": "歩きたい", "insured": "Y"}], "author": "試験 職員"}
    table = next(group.tables[0] for group in kinds.display("careplan.plan", plan) if group.tables)
    assert table.columns[0] == "課題(ニーズ)"
    assert table.rows[0][0] == "歩きたい"
    assert "対象" in table.rows[0]
    assert len(table.columns) == 2, "columns without anything are left out"


def test_a_code_nobody_knows_any_more_does_not_break_the_page() -> None:
    groups = kinds.display("certification.result", {**RESULT, "care_level": "77"})
    assert DisplayLine("要介護度", "77(不明なコード)") in groups[0].lines


def test_validity_is_half_open() -> None:
    item = kinds.item("certification.result")
    assert item.validity(RESULT) == (dt.date(2026, 4, 1), dt.date(2027, 4, 1))
    assert item.validity({}) == (None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"care_level": "99"}, "care_level"),
        ({"care_level": 23}, "care_level"),
        ({"unknown": "x"}, "unknown"),
        ({"state": None}, "state"),
        ({"valid_from": "2026-4-1"}, "valid_from"),
        ({"valid_until": "2026-03-31"}, "valid_until"),
        ({"valid_from": ...}, "valid_from"),
        ({"applied_on": ...}, "applied_on"),
        ({"decided_on": "2026-02-01"}, "decided_on"),
        ({"board_opinion": "あ" * 1001}, "board_opinion"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], field: str) -> None:
    content = {name: value for name, value in {**RESULT, **change}.items() if value is not ...}
    assert field in [problem.field for problem in kinds.item("certification.result").problems(content)]
    assert kinds.item("certification.result").problems(RESULT) == []


def test_true_is_not_one() -> None:
    item = kinds.item("life.feedback")
    base = {"care_facility_id": "1379900001", "service_code": "15", "evaluate_date": "2026-04-01"}
    assert item.problems({**base, "dietary_intake": 1}) == []
    assert item.problems({**base, "dietary_intake": True}) != []
    assert item.problems({**base, "bedsore": True}) == []
    assert item.problems({**base, "bedsore": 1}) != []


def test_differences_name_what_changed_in_the_order_of_the_form() -> None:
    new = {**RESULT, "care_level": "24", "board_opinion": "特になし"}
    assert kinds.differences("certification.result", RESULT, new) == ["要介護度", "審査会意見"]
    assert kinds.differences("certification.result", RESULT, dict(RESULT)) == []


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_digest_tells_contents_apart_and_knows_no_order(data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(kinds.items()))
    one, two = data.draw(contents(item)), data.draw(contents(item))
    mixed = dict(reversed(one.items()))
    assert versions.digest(None, None, one) == versions.digest(None, None, mixed)
    assert (versions.digest(None, None, one) == versions.digest(None, None, two)) == (one == two)
    assert versions.digest(dt.date(2026, 4, 1), None, one) != versions.digest(None, dt.date(2026, 4, 1), one)
