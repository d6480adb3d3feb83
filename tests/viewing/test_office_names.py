"""An office is shown by its name with the number; one nobody knows by its number."""

from __future__ import annotations

import pytest

from kiban.records import kinds
from kiban.viewing.opening import _source_name, _title, _with_office_names
from tests.cast import Cast

pytestmark = pytest.mark.database


def test_the_office_of_a_feedback_has_its_name(town: Cast):
    office = town.counselor.organisation
    content = {"care_facility_id": office.number, "service_code": "15", "evaluate_date": "2026-10-01"}
    (group, *_) = [_with_office_names(one, "life.feedback") for one in kinds.display("life.feedback", content)]
    values = {line.label: line.value for line in group.lines}
    assert values["事業所番号"] == f"{office.name}({office.number})"
    assert values["サービス種類コード"] == "通所介護(15)"
    assert _title("life.feedback", content).startswith(f"{office.name} 通所介護(15)")
    assert _source_name(f"office:{office.number}", {}) == office.name


def test_an_office_nobody_knows_stays_a_number(town: Cast):
    content = {"care_facility_id": "4799999999", "service_code": "15", "evaluate_date": "2026-10-01"}
    (group, *_) = [_with_office_names(one, "life.feedback") for one in kinds.display("life.feedback", content)]
    assert group.lines[0].value == "4799999999"
    assert _source_name("office:4799999999", {}) == "事業所 4799999999"
