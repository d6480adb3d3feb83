"""Forms: what is asked, what is wrong, and the 和暦 field."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from kiban.terms.wareki import ERAS
from kiban.web.forms import WESTERN, NumberField, WarekiField
from tests.markup import on_one_line
from tests.web.gallery import Gallery


class Birth(forms.Form):
    born = WarekiField(label="生年月日", help_text="被保険者証のとおりに。")
    until = WarekiField(label="終わり", required=False)


def typed(era: str = "", year: str = "", month: str = "", day: str = "", field: str = "born") -> dict[str, str]:
    return {
        f"{field}_{part}": text
        for part, text in zip(("era", "year", "month", "day"), (era, year, month, day), strict=True)
    }


def test_label_need_support_text_and_no_placeholder():
    text = on_one_line(str(Gallery()))
    assert re.search(
        r'<label class="kb-label" for="id_name">氏名<span class="kb-label__need kb-label__need--must">※必須', text
    )
    assert re.search(r"メモ<span class=\"kb-label__need\">※任意", text)
    assert 'aria-describedby="id_name_helptext"' in text
    assert "placeholder" not in text


def test_inputs_are_as_wide_as_what_goes_in():
    text = str(Gallery())
    assert re.search(r'name="number"[^>]*size="10"', text)
    assert re.search(r'name="name"[^>]*size="30"', text)


def test_errors_stand_in_the_summary_with_a_link_and_below_the_field():
    text = on_one_line(str(Gallery({"number": "123"})))
    summary = re.search(r'<div class="kb-error-summary".*?</div>', text, re.S)[0]
    assert '<a href="#id_name">氏名: 入力してください。</a>' in summary
    assert '<a href="#id_sex_0">性別: 選んでください。</a>' in summary
    assert '<a href="#id_born_0">生年月日: 日付を入れてください。</a>' in summary
    assert re.search(r'<div id="id_name_error"><p class="kb-error">入力してください。', text)
    assert re.search(r'name="name"[^>]*aria-invalid="true"', text)
    assert 'aria-describedby="id_name_helptext id_name_error"' in text


def test_every_link_of_the_summary_leads_to_a_field():
    text = str(Gallery({}))
    for target in re.findall(r'<a href="#([^"]+)"', text):
        assert f'id="{target}"' in text


def test_a_form_without_errors_has_no_summary():
    assert "kb-error-summary" not in str(Gallery())


@given(st.dates())
def test_a_date_is_read_back_from_the_form_that_shows_it(day: date):
    shown = str(Birth(initial={"born": day}))
    era = re.search(r'<option value="([^"]+)"[^>]*selected', shown)[1]
    assert era in {WESTERN, *(era.name for era in ERAS)}
    numbers = [re.search(rf'name="born_{part}" value="(\d+)"', shown)[1] for part in ("year", "month", "day")]
    form = Birth(typed(era, *numbers))
    assert form.is_valid()
    assert form.cleaned_data == {"born": day, "until": None}
    assert f"= {day.year}年{day.month}月{day.day}日" in shown


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("昭和", "15", "3", "2"), date(1940, 3, 2)),
        (("昭和", "１５", "３", "２"), date(1940, 3, 2)),
        (("令和", "元", "5", "1"), date(2019, 5, 1)),
        (("西暦", "1940", "3", "2"), date(1940, 3, 2)),
        (("平成", "31年", "4月", "30日"), date(2019, 4, 30)),
    ],
)
def test_what_may_be_typed(parts: tuple[str, ...], day: date):
    form = Birth(typed(*parts))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == day
    assert form.fields["born"].warning == ""


def test_an_impossible_pair_is_taken_with_a_warning():
    form = Birth(typed("平成", "31", "5", "1"))
    assert form.is_valid()
    assert form.cleaned_data["born"] == date(2019, 5, 1)
    assert "令和元年5月1日" in form.fields["born"].warning
    assert re.search(r'class="kb-caution">平成は平成31年4月30日まで', str(form))


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        (("昭和", "15", "", "2"), "月を入れてください。"),
        (("", "15", "3", "2"), "元号を入れてください。"),
        (("昭和", "十五", "3", "2"), "年は数字で入れてください。"),
        (("昭和", "15", "2", "30"), "1940年2月の日は1から29までです。"),
        (("昭和", "99", "1", "1"), "昭和は64年までです。元号か年を確かめてください。"),
        (("慶応", "3", "1", "1"), "元号を選んでください。"),
        (("昭和", "²", "1", "1"), "年は数字で入れてください。"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(parts: tuple[str, ...], error: str):
    form = Birth(typed(*parts))
    assert form.errors["born"] == [error]
    text = str(form)
    assert f'value="{parts[1]}"' in text
    assert re.search(r'<fieldset aria-describedby="id_born_helptext id_born_error">', text)


@given(st.lists(st.text(max_size=6), min_size=4, max_size=4))
def test_anything_typed_is_answered(parts: list[Any]):
    Birth(typed(*parts)).is_valid()


def test_an_era_alone_is_no_date():
    form = Birth({**typed("昭和", "15", "3", "2"), **typed("令和", field="until")})
    assert form.is_valid()
    assert form.cleaned_data["until"] is None


@pytest.mark.parametrize(
    ("era", "pasted"),
    [
        ("", "昭和15年3月2日"),
        ("", "S15.3.2"),
        ("", "１９４０／３／２"),
        ("", "1940-03-02"),
        ("昭和", "15年3月2日"),
        (WESTERN, "1940年3月2日"),
        ("昭和", "S15.3.2"),
    ],
)
@pytest.mark.parametrize("box", ["year", "month", "day"])
def test_a_date_pasted_whole_into_one_box_is_read(era: str, pasted: str, box: str):
    form = Birth(typed(era, **{box: pasted}))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == date(1940, 3, 2)
    assert "= 1940年3月2日" in str(form)


def test_the_boxes_cut_nothing_away():
    assert "maxlength" not in str(Birth())

    class Numbers(forms.Form):
        insurer = NumberField(label="保険者番号", digits=6)

    assert "maxlength" not in str(Numbers())
    assert Numbers({"insurer": "13 11 36"}).is_valid()
    assert not Numbers({"insurer": "1" * 61}).is_valid()


def test_a_day_that_must_have_come_and_has_not_is_refused_and_said_beside_it():
    class Past(forms.Form):
        born = WarekiField(label="生年月日", past=True)

    form = Past(typed("令和", "35", "3", "22"))
    assert form.errors["born"] == ["まだ来ていない日です。日付を確かめてください。"]
    assert "data-kb-past" in str(form)
    assert str(form).count("まだ来ていない日です") >= 2
    assert Past(typed("昭和", "15", "3", "2")).is_valid()
    assert Birth(typed("令和", "35", "3", "22")).is_valid()  # a day that may come
