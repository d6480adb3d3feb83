"""The long form of a plan: ways round in it, lists to choose from, and the week to look at."""

from __future__ import annotations

import re

import pytest

from tests.plans.hand import Hand, filled, stored

pytestmark = pytest.mark.database
NIGHT = r'rowspan="6"\s+class="kb-week__busy">22:00~6:00 夜間の見守り'


def test_there_is_a_way_to_every_sheet_and_a_bar_that_stays(town):
    page = Hand(town).open("new/").page
    for place in ("sheet-1", "services", "week"):
        assert f'href="#{place}"' in page and f'id="{place}"' in page
    assert "kb-savebar" in page and "data-kb-saved" in page


def test_kinds_of_service_and_offices_can_be_chosen(town):
    number = town.counselor.organisation.number
    page = stored(town).open("new/").page  # the plan before names the office
    assert '<option value="通所介護"></option>' in page
    assert f'<option value="試験デイ" data-number="{number}">' in page
    assert page.count("<option value=") > 50  # and the registers offer more
    assert f'data-number="{town.manager.organisation.number}"' not in page  # nobody gives a service to themselves
    assert 'list="offices"' in page and 'list="service-kinds"' in page


def test_a_number_alone_brings_the_name_from_the_register(town):
    other = town.counselor.organisation
    hand = filled(Hand(town), services__0__provider="").press("confirm").press("store")
    assert hand.content["services"][0]["provider"] == other.name


def test_the_week_is_shown_as_a_grid_with_the_night(town):
    hand = filled(Hand(town), week__0__starts_at="22:00", week__0__ends_at="600", week__0__content="夜間の見守り")
    shown = hand.press("back")  # from the form: the grid anew, nothing checked
    assert shown.response.status_code == 200
    assert re.search(NIGHT, shown.page)
    assert shown.page.count("(続き ~6:00)") == 2  # Tuesday and Friday morning
    assert re.search(NIGHT, shown.press("confirm").page)
