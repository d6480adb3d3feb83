"""突合 of a month and its questions, looked at from both sides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from kiban.formats.careplan.layouts import sample_month as months
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at
from tests.exchange.pair import Pair
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_differences_a_question_and_its_answer(at_terminal, size):
    world = World()
    pair = Pair(world)
    with ThreadPoolExecutor(1) as beside:  # Django's own functions refuse to run where the browser's loop runs
        beside.submit(pair.exchange).result()
    width = size["width"]
    page = at_terminal(pair.planner, size=size)
    page.goto("/exchange/match/202609/")
    looked_at(page, f"month-match-empty-{width}")
    page.goto(f"/exchange/match/{months.MONTH}/")
    looked_at(page, f"month-match-{width}")
    day = page.locator(".kb-calendar tbody td").first
    assert day.evaluate("cell => getComputedStyle(cell).display") == "table-cell", (
        "the calendar is a table on a phone too"
    )
    page.get_by_role("link", name="に問い合わせる").first.click()
    page.get_by_label("問い合わせの文").wait_for()
    looked_at(page, f"query-ask-{width}")
    page.get_by_role("button", name="この文を送る").click()
    page.get_by_text("問い合わせました").wait_for()
    other = at_terminal(pair.provider, size=size)
    other.goto("/exchange/queries/")
    looked_at(other, f"query-list-{width}")
    other.get_by_role("button", name="答えを送る").click()
    other.get_by_text("答えを書いてください").wait_for()
    looked_at(other, f"query-list-error-{width}")
    other.get_by_label("答え").fill("12日はお休みでした。")
    other.get_by_role("button", name="答えを送る").click()
    other.get_by_text("答えを送りました").wait_for()
    page.goto(f"/exchange/queries/?month={months.MONTH}")
    page.get_by_text("12日はお休みでした。").wait_for()
    looked_at(page, f"query-answered-{width}")
    world.connection.close()
