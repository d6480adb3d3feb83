"""月の状況 on its page and what it says at 今日: in numbers, without anybody's name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from kiban.exchange import daily, notices
from kiban.exchange.boxes import acts as boxes
from kiban.exchange.boxes import waiting
from kiban.exchange.boxes.waiting import Waiting
from kiban.exchange.month import queries
from kiban.exchange.month.calendar import Calendar, worked_on
from kiban.exchange.participant import Participant
from kiban.gate.events import Purpose
from tests.cast import browser
from tests.exchange.desks import text
from tests.exchange.town import unit_of
from tests.world import hours, today

pytestmark = pytest.mark.database


def last_month() -> str:
    return (today().replace(day=1) - dt.timedelta(days=1)).strftime("%Y%m")


@pytest.fixture
def planner(town, world):
    return browser(world.actor(town.planning))


@pytest.fixture
def provider(town, world):
    return browser(world.actor(town.providing, "care_worker"))


def test_who_has_still_to_send_on_both_sides(town, planner, provider):
    scene = town.scene()
    plan = unit_of("schedule", scene)
    town.send(town.planner, plan)
    town.send(town.provider, unit_of("actual", replace(scene, users=2)))
    there, here = (text(client.get(f"/exchange/months/{scene.month}/")) for client in (planner, provider))
    assert town.providing.name in there and "相手の実績を待つ 1名" in there
    assert "こちらが実績を送る 1名" in here and "未読 1件" in here
    assert not [name for name in plan.people.values() if name in there + here]


def test_what_is_not_over_is_not_late(town, planner, provider):
    scene = replace(town.scene(), month=today().strftime("%Y%m"))
    town.send(town.planner, unit_of("schedule", scene))
    shown = text(planner.get(f"/exchange/months/{scene.month}/"))
    assert "相手の実績を待つ 3名" in shown and "実績がまだ届いていません" not in shown
    assert "こちらの番です" not in text(provider.get(f"/exchange/months/{scene.month}/"))
    past = replace(town.scene(), month=last_month())
    town.send(town.planner, unit_of("schedule", past))
    assert "実績がまだ届いていません" in text(planner.get(f"/exchange/months/{past.month}/"))
    assert "こちらの番です" in text(provider.get(f"/exchange/months/{past.month}/"))


def test_a_month_that_is_settled_says_so(town, planner, provider):
    scene = town.scene()
    numbers = [
        (provider, town.send(town.planner, unit_of("schedule", scene))),
        (planner, town.send(town.provider, unit_of("actual", scene))),
    ]
    for client, number in numbers:
        client.get(f"/exchange/units/{number}/")
    assert "そろっています" in text(planner.get(f"/exchange/months/{scene.month}/"))


def test_a_month_without_anything_and_addresses_that_are_no_month(planner):
    assert "まだどの事業所ともやり取りしていません" in text(planner.get("/exchange/months/202001/"))
    assert "まだどの事業所ともやり取りしていません" in text(planner.get("/exchange/months/"))
    for address in ("202013", "199912", "20201", "abcdef"):
        assert planner.get(f"/exchange/months/{address}/").status_code == 404


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ((2026, 10, 20), "11月1日から11月5日まで"),
        ((2026, 11, 3), "あと2日です"),
        ((2026, 11, 5), "今日までです"),
        ((2026, 11, 7), "10日の請求まであと3日です"),
        ((2026, 11, 11), "月遅れ"),
    ],
)
def test_where_a_month_stands_on_a_day(day, words):
    assert words in Calendar(dt.date(2026, 10, 1), dt.date(*day)).words


def test_the_month_that_is_worked_on():
    assert worked_on(dt.date(2027, 1, 8)) == dt.date(2026, 12, 1)
    assert worked_on(dt.date(2027, 1, 20)) == dt.date(2027, 1, 1)


def test_what_waits_in_numbers(town, world):
    scene = replace(town.scene(), month=last_month())
    plan = unit_of("schedule", scene)
    first = town.send(town.planner, plan)
    assert waiting.own(town.provider) == Waiting(unread=1, to_send=3, to_send_offices=1)
    assert waiting.own(town.planner) == Waiting(to_come=3, to_come_offices=1)
    town.send(town.provider, unit_of("actual", replace(scene, users=2)))
    boxes.open_units(town.provider, [first])
    boxes.settle(town.provider, first, "error", ["1行目"])
    boxes.stage(town.provider, unit_of("actual", town.later(scene)))
    assert waiting.own(town.provider) == Waiting(drafts=1, to_send=1, to_send_offices=1)
    queries.ask(town.provider, min(plan.people), town.planning.number, scene.month, "12日のこと")
    expected = Waiting(unread=1, errors=1, to_come=1, to_come_offices=1, arrived=1, queries=1)
    assert waiting.own(town.planner) == expected
    assert waiting.everywhere(today())[town.planning.id] == expected
    town.send(town.planner, unit_of("schedule", town.later(scene, seed=4)))  # put right
    assert waiting.own(town.planner).errors == 0
    assert world.log(action="exchange:open", organisation_id=town.planning.id) == []  # counting opens nothing


def test_what_waits_is_told_to_nobody_else(town, world):
    town.send(town.planner, unit_of("schedule", replace(town.scene(), month=last_month())))
    assert waiting.own(town.outsider) == Waiting()
    gone = world.actor(town.providing, employed=(dt.date(2020, 1, 1), dt.date(2021, 1, 1)))
    assert waiting.own(Participant(gone.caller, Purpose.SERVICE_PROVISION)) == Waiting()


FULL = Waiting(1, 2, 3, 4, 5, 6, 7, 8, 9)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (3, {"10月の実績をまだ送っていません(5事業所 4名)": "あと2日", "10月の予定と実績の違い": "あと7日"}),
        (7, {"10月の実績がまだ届いていません(7事業所 6名)": "2日過ぎ", "10月の予定と実績の違い": "あと3日"}),
        (
            11,
            {"取り込めないと、知らせがありました(3件)": "エラー", "開いていない": "受信", "送っていないもの": "送る前"},
        ),
    ],
)
def test_the_lines_of_today(day, said):
    lines = list(notices.lines(FULL, dt.date(2026, 11, day)))
    for words, when in said.items():
        assert [line.when for line in lines if words in line.what] == [when]
    assert len(lines) == (7 if day <= 10 else 4)
    assert list(notices.lines(Waiting(), dt.date(2026, 11, day))) == []


def test_today_leads_to_the_inbox(town, provider, planner):
    town.send(town.planner, unit_of("schedule", town.scene()))
    shown = text(provider.get("/"))
    assert "開いていないケアプラン連携のファイルがあります(1件)" in shown
    assert 'href="/exchange/in/"' in shown
    assert "開いていないケアプラン連携" not in text(planner.get("/"))


def test_drafts_of_a_week_ago_are_thrown_away(town, world):
    _, old = boxes.stage(town.planner, unit_of("schedule", town.scene()))
    _, new = boxes.stage(town.planner, unit_of("schedule", town.scene()))
    sent = town.send(town.planner, unit_of("schedule", town.scene()))
    world.run("UPDATE care.exchange_unit SET staged_at = %s WHERE id IN (%s, %s)", hours(-24 * 8), old, sent)
    daily.tidy()
    assert boxes.unit(town.planner, old) is None
    assert [boxes.unit(town.planner, number)[0]["state"] for number in (new, sent)] == ["draft", "unread"]
