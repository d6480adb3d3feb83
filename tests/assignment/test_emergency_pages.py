"""緊急時の閲覧 through its pages: off by default, told at once, looked through by somebody else."""

from __future__ import annotations

import pytest

from kiban.staff import mail
from kiban.staff.models import Account
from tests.cast import Cast, browser
from tests.pages import page, text, wareki
from tests.world import days, hours

pytestmark = pytest.mark.database

REASON = "自宅で倒れているのを見つけ、救急隊に伝えるため"


def items(person, **changes):
    return {
        "insurer_no": person.insurer_no,
        "insured_no": person.insured_no,
        **wareki("birth", person.birth),
        "sex": person.sex,
        "reason": REASON,
        "understood": "on",
        **changes,
    }


@pytest.fixture
def allowed(town: Cast) -> Cast:
    """The insurer decided it; the office switched it on."""
    town.world.insert(
        "assignment_emergencyrule",
        insurer_id=town.world.insurer_id(town.insurer),
        hours=4,
        review_days=3,
        document_name="試験要綱",
        document_number="1",
        decided_on=days(-10),
        starts_on=days(-10),
        ends_on=None,
        recorded_at=hours(-1),
        recorded_by="試験",
    )
    assert browser(town.administrator).post("/emergency/switch/", {"on": "1"}).status_code == 302
    return town


def test_off_by_default(town: Cast):
    client = browser(town.manager)
    shown = text(client.get("/emergency/"))
    assert "使えません" in shown
    assert "119" in shown
    assert client.post("/emergency/", items(town.stranger)).status_code == 200
    assert browser(town.manager).get(page(town.stranger)).status_code == 404


def test_opened_told_shown_and_reviewed_by_somebody_else(allowed: Cast, settings, tmp_path):
    town = allowed
    settings.SMTP = f"file:{tmp_path}"
    for actor in (town.administrator, town.officer, town.manager):
        Account.objects.filter(pk=actor.account_id).update(email=f"{actor.login_id}@example.jp")
    client = browser(town.manager)
    assert client.get(page(town.stranger)).status_code == 404
    assert client.post("/emergency/", items(town.stranger)).url == page(town.stranger)
    opened = client.get(page(town.stranger))
    assert opened.status_code == 200
    assert "緊急時の閲覧" in text(opened)
    told = {letter.address for letter in mail.letters()}
    assert told == {f"{actor.login_id}@example.jp" for actor in (town.administrator, town.officer)}
    assert all(town.stranger.name.split()[-1] not in letter.text for letter in mail.letters())
    for actor in (town.administrator, town.officer):
        assert "緊急時の閲覧を確かめてください(1件)" in text(browser(actor).get("/"))
    listed = text(browser(town.administrator).get("/emergency/list/"))
    assert REASON in listed
    number = town.world.one("SELECT id FROM care.emergency WHERE insured_key = %s", town.stranger.key)
    address = page(town.stranger, f"emergency/{number}/")
    missing = browser(town.administrator).post(address, {"verdict": "proper"})
    assert missing.status_code == 422
    data = {"verdict": "proper", "note": "本人と家族に確かめた"}
    assert browser(town.administrator).post(address, data).url == "/emergency/list/"
    assert "必要だった" in text(browser(town.officer).get("/emergency/list/"))
    assert "緊急時の閲覧を確かめてください" not in text(browser(town.administrator).get("/"))


def test_nobody_reviews_the_own_act(allowed: Cast):
    town = allowed
    manager = town.world.actor(town.office, name="試験 管理兼ケアマネ", level="administrator")
    client = browser(manager)
    assert client.post("/emergency/", items(town.stranger)).url == page(town.stranger)
    number = town.world.one("SELECT max(id) FROM care.emergency WHERE insured_key = %s", town.stranger.key)
    address = page(town.stranger, f"emergency/{number}/")
    assert "自分では確かめられません" in text(client.get(address))
    answer = client.post(address, {"verdict": "proper", "note": "自分で見た"})
    assert "自分が開いたものは" in text(answer)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "急ぎ"}, "10"),
        ({"understood": ""}, "管理者と市町村"),
        ({"sex": "1"}, "4つの情報に合う方が見つかりません"),
        ({"insurer_no": "999999"}, "この番号の保険者(市町村・広域連合)が見つかりません"),
    ],
)
def test_what_does_not_fit_is_said(allowed: Cast, changes, words):
    response = browser(allowed.manager).post("/emergency/", items(allowed.stranger, **changes))
    assert response.status_code == 422
    assert words in text(response)


def test_a_municipality_that_allows_none_is_said(allowed: Cast):
    other = allowed.world.insurer(started_on=days(-10))
    response = browser(allowed.manager).post("/emergency/", items(allowed.stranger, insurer_no=other))
    assert response.status_code == 422
    assert "認められていません" in text(response)


def test_other_offices_do_not_see_it(allowed: Cast):
    town = allowed
    browser(town.manager).post("/emergency/", items(town.stranger))
    other = town.world.actor(town.other_office, level="administrator")
    assert REASON not in text(browser(other).get("/emergency/list/"))
    number = town.world.one("SELECT id FROM care.emergency WHERE insured_key = %s", town.stranger.key)
    assert browser(other).get(page(town.stranger, f"emergency/{number}/")).status_code == 404


def test_the_administrator_may_switch_it_off_again(allowed: Cast):
    town = allowed
    browser(town.administrator).post("/emergency/switch/", {"on": "0"})
    assert "使えません" in text(browser(town.manager).get("/emergency/"))
