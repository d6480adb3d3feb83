"""Fields: what is written is read back; what cannot be is refused without repeating it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.records import fields, kinds, personal_number
from kiban.records.parsing import FieldError
from tests.records.strategies import values

ALL = [(item, field) for item in kinds.items() for field in item.fields]


TYPES = sorted({type(field) for _, field in ALL}, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(kind: type[fields.Field], data: st.DataObject) -> None:
    _, field = data.draw(st.sampled_from([pair for pair in ALL if type(pair[1]) is kind]))
    value = data.draw(values(field))
    assert field.parse(field.write(value)) == value
    assert field.show(value)


@given(data=st.data(), raw=st.text(st.characters(), max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused_in_japanese_without_being_repeated(data: st.DataObject, raw: str) -> None:
    _, field = data.draw(st.sampled_from(ALL))
    try:
        value = field.parse(raw)
    except FieldError as error:
        assert error.reason.endswith("。")
        assert error.remedy.endswith("。")
        assert len(raw.strip()) < 6 or raw.strip() not in str(error)
    else:
        assert field.parse(field.write(value)) == value


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("20260401", "2026-04-01"),
        ("2026-04-01", "2026-04-01"),
        ("2026/4/1", "2026-04-01"),
        ("令和8年4月1日", "2026-04-01"),
        ("R8.4.1", "2026-04-01"),
        ("昭和15年3月2日", "1940-03-02"),
        ("２０２６０４０１", "2026-04-01"),
    ],
)
def test_dates_as_people_write_them(raw: str, day: str) -> None:
    assert fields.Date("d", "日").parse(raw) == day


@pytest.mark.parametrize("raw", ["20260230", "99991231", "00000000", "2026-13-01", "あした", "202604", "18000101", "-"])
def test_dates_that_cannot_be(raw: str) -> None:
    with pytest.raises(FieldError):
        fields.Date("d", "日").parse(raw)


@pytest.mark.parametrize(
    ("raw", "value", "shown"),
    [
        ("1989", "1989", "平成元年(1989年)頃"),
        ("1989-01", "1989-01", "平成元年1月(1989年)頃"),
        ("202604", "2026-04", "令和8年4月(2026年)頃"),
        ("2026年4月頃", "2026-04", "令和8年4月(2026年)頃"),
        ("不詳", "unknown", "不詳"),
        ("20260401", "2026-04-01", "令和8年4月1日(2026年)"),
    ],
)
def test_partial_dates(raw: str, value: str, shown: str) -> None:
    field = fields.PartialDate("d", "発症年月日")
    assert field.parse(raw) == value
    assert field.show(value) == shown


def test_a_code_may_be_written_in_its_words() -> None:
    level = kinds.item("certification.result").by_name["care_level"]
    assert level.parse("要介護３") == level.parse("23") == "23"
    with pytest.raises(FieldError, match=r"21\(要介護1\)"):
        level.parse("6")


def test_a_table_in_one_column_keeps_its_separators() -> None:
    field = fields.Rows("r", "表", fields=(fields.Text("a", "甲", required=True), fields.Text("b", "乙")))
    assert field.parse("x;y|z") == [{"a": "x", "b": "y"}, {"a": "z"}]
    assert field.parse(r"x\;1;y\|2|\\") == [{"a": "x;1", "b": "y|2"}, {"a": "\\"}]
    for wrong, message in (("x;y;z", "欄が多すぎます"), (";y", "「甲」がありません")):
        with pytest.raises(FieldError, match=message):
            field.parse(wrong)


def test_a_personal_number_is_recognised_and_refused() -> None:
    digits = next(f"{body:011}{check}" for body in [12345678901] for check in range(10)
                  if personal_number.has_check_digit(f"{body:011}{check}"))  # fmt: skip
    grouped = f"{digits[:4]} {digits[4:8]} {digits[8:]}"
    text = fields.Text("t", "文")
    for raw in (
        digits,
        f"番号は{digits}です",
        grouped,
        digits.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        with pytest.raises(FieldError, match="個人番号") as caught:
            text.parse(raw)
        assert digits not in str(caught.value)
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert text.parse(wrong) == wrong, "twelve digits with another check digit are no 個人番号"
    assert text.parse(f"1{digits}") == f"1{digits}", "thirteen digits are something else"
    with pytest.raises(FieldError, match="個人番号"):
        fields.Number("n", "番号", max_length=20).parse(wrong)
