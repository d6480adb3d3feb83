"""/registry/offices/ and /registry/medical/."""

from __future__ import annotations

import json

import pytest

from tests.registry.published import Corner
from tests.staff.office import Browser
from tests.world import World


@pytest.fixture
def browser() -> Browser:
    """Somebody signed in at a terminal."""
    world = World()
    actor = world.actor(world.organisation())
    world.connection.close()
    made = Browser(actor.der)
    made.cookies["__Host-kiban"] = actor.session
    return made


def test_signed_in_only() -> None:
    answer = Browser(b"no certificate we know").get("/registry/offices/")
    assert answer.status_code == 403


def test_before_anything_is_typed(browser: Browser) -> None:
    page = browser.get("/registry/offices/").content.decode()
    assert "事業所の名前・カナ・番号・場所のどれかを入れてください" in page
    assert "見つかりません" not in page


def test_found_with_name_number_and_service(browser: Browser, corner: Corner) -> None:
    row = corner.row(事業所名="ヵヮヵヮ<i>の家")
    corner.load()
    page = browser.get("/registry/offices/", {"q": "ヵヮヵヮ"}).content.decode()
    assert "1件見つかりました" in page
    assert row["事業所番号"] in page
    assert "ヵヮヵヮ&lt;i&gt;の家" in page
    assert "厚生労働省 介護サービス情報公表システム" in page


def test_nothing_found_says_what_to_do(browser: Browser) -> None:
    page = browser.get("/registry/medical/", {"q": "無い<b>医院"}).content.decode()
    assert "「無い&lt;b&gt;医院」は見つかりません" in page


def test_a_page_beyond_the_last_shows_the_last(browser: Browser, corner: Corner) -> None:
    for number in range(21):
        corner.row(事業所名=f"ヶヮヶヮ{number:02}")
    corner.load()
    for page in ("9", "99999", "0", "-1", "x", "٣"):
        answer = browser.get("/registry/offices/", {"q": "ヶヮヶヮ", "page": page})
        assert answer.status_code == 200
        assert ("ヶヮヶヮ20" in answer.content.decode()) is (page in {"9", "99999"})


def test_json(browser: Browser, corner: Corner) -> None:
    row = corner.row(事業所名="ヮヵヮヵ")
    corner.load()
    answer = browser.get("/registry/offices/", {"q": "ヮヵヮヵ", "format": "json"})
    found = json.loads(answer.content)
    assert answer["Content-Type"] == "application/json"
    assert (found["total"], found["pages"], found["hits"][0]["number"]) == (1, 1, row["事業所番号"])


def test_pages_only_show(browser: Browser) -> None:
    assert browser.post("/registry/offices/").status_code in {403, 405}
