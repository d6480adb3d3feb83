"""今日: what every room says, in one order, and nothing about whom one does not look after."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from kiban.home.models import StepSetAside
from kiban.ops.room import Ahead, FirstStep, Line, Notice, Panel, Room, Today
from kiban.terms.claims import coming_claim_day
from tests.cast import Cast, browser
from tests.pages import text
from tests.world import World, days

pytestmark = pytest.mark.database


def today(actor) -> str:
    return text(browser(actor).get("/"))


def printed(name: str) -> str:
    return name.replace(" ", "\u00a0")


@pytest.fixture
def only(monkeypatch):
    """The rooms there are: none but those given."""

    def set_rooms(*rooms: Room) -> None:
        monkeypatch.setattr("kiban.home.lines.rooms", lambda: iter(rooms))

    return set_rooms


def made_up(**says) -> Room:
    """A room nobody knows by name."""

    class Stub(Room):
        name = "kiban.web"

        def today(self, visitor):
            return Today(**says)

        def first_steps(self, organisation):
            yield FirstStep(30, "third", "三つめにすること", "わけ三", "/third/", done=False)
            yield FirstStep(5, "first", "一つめにすること", "わけ一", "/first/", done=True)

    return Stub("kiban.web", apps.get_app_config("web").module)


def test_whom_i_look_after_and_what_is_missing(town: Cast):
    shown = today(town.manager)
    for person in (town.person, town.without_consent, town.not_started):
        assert printed(person.name) in shown
    assert printed(town.stranger.name) not in shown
    assert "同意待ち 1名" in shown
    assert "市町村の開始待ち 1名" in shown
    (row,) = town.world.log(account_id=town.manager.account_id)
    assert row["action"] == "people:list"


def test_any_room_may_speak_and_what_presses_comes_first(town: Cast, only):
    only(
        made_up(due=[Notice("期限のないもの", "/a/", "見る"), Notice("あさってまで", "/b/", "見る", 2)]),
        made_up(due=[Line.of(Notice("きのうまで", "/c/", "一覧", -1), [(f"試験 {n}", f"/p{n}/") for n in range(5)])]),
        made_up(stopped=[Line(Notice("待っているもの", "/d/", "見る", mark="待ち"))], has_begun=True),
        made_up(panels=[Panel("viewing/today.html", {"is_municipality": True})]),
    )
    shown = today(town.administrator)
    places = [shown.index(words) for words in ("きのうまで", "あさってまで", "期限のないもの", "待っているもの")]
    assert places == sorted(places)
    assert shown.index("止まっているもの") < places[-1]
    assert "1日過ぎ" in shown
    assert 'href="/p2/"' in shown
    assert 'href="/p3/"' not in shown  # three are named, the rest is behind the link
    assert "ほか2名" in shown
    assert "被保険者は" in shown


def test_where_nothing_is_due_the_nearest_date_is_said(town: Cast, only):
    only(
        made_up(ahead=Ahead(dt.date(2027, 3, 31), "認定の有効期間")), made_up(ahead=Ahead(dt.date(2027, 2, 1), "研修"))
    )
    shown = today(town.manager)
    assert "期限のあるものはありません。次は令和9年2月1日(研修)です。" in shown
    assert "認定の有効期間" not in shown


def test_first_steps_are_for_the_administrator_of_an_office(world: World, town: Cast):
    fresh = world.actor(world.organisation("43"), "manager", level="administrator")
    shown = today(fresh)
    addresses = ("staff:invite", "terminals:scenes", "assignment:register")
    places = [shown.index(f'<a href="{reverse(name)}">') for name in addresses]
    assert places == sorted(places)
    assert "はじめの準備" in shown
    for other in (world.actor(fresh.organisation), town.manager, town.officer, town.physician):
        assert "はじめの準備" not in today(other)


def test_first_steps_come_in_their_order_and_say_what_is_done(town: Cast, only):
    only(made_up())
    shown = today(town.administrator)
    assert shown.index("一つめにすること") < shown.index("三つめにすること")
    assert "わけ三" in shown
    assert "わけ一" not in shown


def test_first_steps_stay_until_each_is_done_or_set_aside(town: Cast, only):
    """The first person cared for is one of them and does not end the others."""
    only(made_up(has_begun=True))
    assert "三つめにすること" in today(town.administrator)
    hands = browser(town.administrator)
    moved = hands.post(reverse("home:step-aside", args=["third"]))
    assert (moved.status_code, moved["Location"]) == (302, reverse("home:today"))
    after = hands.get(reverse("home:today")).content.decode()
    assert "「三つめにすること」を、はじめの準備から外しました" in after
    assert "はじめの準備</h2>" not in after
    assert hands.post(reverse("home:step-aside", args=["third"])).status_code == 302
    assert hands.post(reverse("home:step-aside", args=["no-such-step"])).status_code == 404
    assert StepSetAside.objects.filter(organisation_id=town.office.id).count() == 1


def test_terminals_and_staff_speak_to_administrators_only(world: World, town: Cast):
    words = "職員の権限の見直しの時期です"
    world.run("UPDATE staff_employment SET starts_on = %s WHERE organisation_id = %s", days(-400), town.office.id)
    assert words in today(town.administrator)
    assert words not in today(town.manager)


def test_the_days_until_the_claims_are_said(town: Cast):
    shown = " ".join(today(town.manager).split())
    left = (coming_claim_day(timezone.localdate()) - timezone.localdate()).days
    assert f"10日の請求まで {f'あと{left}日' if left else '今日まで'}" in shown
