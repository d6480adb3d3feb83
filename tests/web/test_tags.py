"""Filters and tags of every template."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from kiban.records.items import DisplayLine
from kiban.web.templatetags.kiban import BAR_WIDTH, validity_bar

TODAY = date(2026, 11, 23)


def rendered(text: str, **context: Any) -> str:
    return Template(text).render(Context(context))


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("{{ value|wareki }}", date(2026, 11, 23), "令和8年11月23日"),
        ("{{ value|wareki }}", None, ""),
        ("{{ value|wareki }}", datetime(2026, 11, 22, 15, 0, tzinfo=UTC), "令和8年11月23日"),
        ("{{ value|wareki_full }}", date(1940, 3, 2), "昭和15年3月2日(1940年)"),
        ("{{ value|wareki_time }}", datetime(2026, 11, 23, 1, 14, tzinfo=UTC), "令和8年11月23日 10:14"),
        ("{{ value|last_day|wareki }}", date(2027, 4, 1), "令和9年3月31日"),
        ("{{ value|mask_number }}", "0000001234", "·····1234"),
        ("{{ value|mask_number }}", "", ""),
        ("{{ value|care_level }}", "06", "事業対象者"),
        ("{{ value|care_level }}", "13", "要支援2"),
        ("{{ value|care_level }}", "25", "要介護5"),
        ("{{ value|care_level }}", "01", "非該当"),
        ("{{ value|care_level }}", "99", "不明な区分(99)"),
        ("{{ value|care_level }}", None, ""),
        ("{{ value|nbsp_name }}", "試験　花子 <０１>", '<span class="kb-name">試験\xa0花子\xa0&lt;０１&gt;</span>'),
    ],
)
def test_filter(text: str, value: Any, shown: str):
    assert rendered(text, value=value) == shown


def test_age_on_a_day_and_before_birth():
    assert rendered("{{ born|age:on }}", born=date(1940, 3, 2), on=TODAY) == "86歳"
    assert rendered("{{ born|age:on }}", born=TODAY + timedelta(days=1), on=TODAY) == ""


@pytest.mark.parametrize(
    ("start", "end", "state", "words"),
    [
        (date(2025, 4, 1), date(2028, 3, 31), "now", "令和7年4月1日から令和10年3月31日まで。あと494日"),
        (date(2025, 4, 1), TODAY + timedelta(days=61), "now", "あと61日"),
        (date(2025, 4, 1), TODAY + timedelta(days=60), "soon", "あと60日"),
        (date(2025, 4, 1), TODAY, "soon", "今日まで"),
        (date(2025, 4, 1), TODAY - timedelta(days=1), "over", "1日前に切れました"),
        (TODAY + timedelta(days=8), date(2028, 3, 31), "before", "あと8日で始まります"),
        (date(2026, 4, 1), None, "open", "終わりの日の定めなし"),
    ],
)
def test_validity_bar_says_in_words_what_it_draws(start: date, end: date | None, state: str, words: str):
    bar = validity_bar(start, end, TODAY)
    assert f'class="kb-bar kb-bar--{state}"' in bar
    assert words in bar


def test_no_bar_without_a_beginning():
    assert validity_bar(None, TODAY, TODAY) == ""


@given(st.dates(), st.none() | st.dates(), st.dates())
def test_nothing_is_drawn_outside_the_bar(start: date, end: date | None, today: date):
    import re

    bar = validity_bar(start, end, today)
    for x, width in re.findall(r' x="([\d.-]+)" y="\d(?:\.\d)?" width="([\d.-]+)"', bar):
        assert float(x) >= 0
        assert 0 <= float(width) <= BAR_WIDTH
        assert float(x) + float(width) <= BAR_WIDTH


def pages(number: int, count: int = 300, address: str = "/?q=%E3%82%B7&page=1") -> str:
    page = Paginator(range(count), 20).get_page(number)
    return rendered("{% pagination page %}", page=page, request=RequestFactory().get(address))


def test_pagination_keeps_the_search_and_marks_the_page():
    text = pages(4)
    assert 'href="?q=%E3%82%B7&amp;page=5" rel="next"' in text
    assert 'href="?q=%E3%82%B7&amp;page=3" rel="prev"' in text
    assert 'page=4" aria-current="page"' in text
    assert "全300件" in text


def test_pagination_adds_what_the_address_does_not_have_yet():
    page = Paginator(range(300), 20).get_page(1)
    text = rendered("{% pagination page until=7 %}", page=page, request=RequestFactory().get("/?until=5&q=a"))
    assert 'href="?until=7&amp;q=a&amp;page=2" rel="next"' in text


def test_pagination_at_the_ends_and_of_one_page():
    assert "前へ" not in pages(1)
    assert "次へ" not in pages(15)
    assert pages(1, count=20).strip() == ""


def test_joined_lines_are_one_line_and_blanks_within_a_line_stay():
    text = """{% joined %}
        {% if a %}第一の文。
        {% endif %}{{ name }} さんの
        <b>「印」</b>です。
    {% endjoined %}"""
    assert rendered(text, a=True, name="青葉\n花子") == "第一の文。青葉\n花子 さんの<b>「印」</b>です。"


LOOP = """{% for line in lines %}
      <div>
        <dt>{{ line.label }}</dt>
        <dd class="kb-text">{{ line.value }}</dd>
      </div>
    {% endfor %}"""


@pytest.mark.parametrize(
    "value", ["要介護2", "<b>&\"'</b>", SafeString("<b>6月</b>"), gettext_lazy("<i>"), "二行\nある"]
)
def test_lines_of_a_record_are_what_a_loop_would_write(value):
    lines = [DisplayLine("氏名<", value), DisplayLine("注", "―")]
    assert rendered("{% field_lines lines %}", lines=lines) == rendered(LOOP, lines=lines)
    assert rendered("{% field_lines lines %}", lines=[]) == ""


class TestAddresses:
    def test_they_are_those_of_the_project(self):
        for _ in range(2):
            assert rendered("{% url 'home:today' %}") == reverse("home:today")
            assert rendered("{% url name %}", name="staff:own") == reverse("staff:own")
            assert rendered("{% url 'home:today' as there %}[{{ there }}]") == f"[{reverse('home:today')}]"
            assert rendered("{% url 'viewing:person' key %}", key=5) == reverse("viewing:person", args=[5])

    def test_one_that_is_not_there_is_no_page(self):
        with pytest.raises(NoReverseMatch):
            rendered("{% url 'home:nowhere' %}")

    def test_another_list_of_addresses_is_asked_anew(self, settings):
        assert rendered("{% url 'home:today' %}")
        settings.ROOT_URLCONF = "tests.web.no_addresses"
        with pytest.raises(NoReverseMatch):
            rendered("{% url 'home:today' %}")
