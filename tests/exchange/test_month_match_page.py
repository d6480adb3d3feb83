"""突合 of what was exchanged, and questions about it, on their pages: both sides."""

from __future__ import annotations

import datetime as dt

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.month import queries
from kiban.exchange.participant import Participant
from kiban.exchange.units.sending import put_together
from kiban.formats.careplan.layouts import of_bytes
from kiban.formats.careplan.layouts import sample_month as months
from kiban.gate.events import Purpose
from kiban.web import opaque
from tests.cast import browser
from tests.exchange.desks import text
from tests.exchange.pair import Pair
from tests.world import days

pytestmark = pytest.mark.database
PAGE = f"/exchange/match/{months.MONTH}/"


@pytest.fixture
def pair(world):
    return Pair(world)


def test_an_empty_month_says_so(pair):
    shown = text(browser(pair.planner).get(PAGE))
    assert "予定も実績も、まだやり取りしていません" in shown
    assert "/exchange/match/202609/" in shown
    assert "/exchange/match/202611/" in shown


def test_differences_of_what_was_exchanged(pair):
    pair.exchange()
    for actor in (pair.planner, pair.provider):
        response = browser(actor).get(PAGE)
        shown = text(response)
        assert "3名のうち<b>1名</b>" in shown
        assert "<b>12日</b>" in shown
        assert pair.month.users[1].number in shown
        assert pair.month.users[0].number not in shown
        assert response["Cache-Control"] == "no-store"


def test_actuals_that_did_not_come_are_named(pair):
    (manager,), (giver,) = pair.month.planners, pair.month.providers
    participant = Participant(pair.planner.caller, Purpose.CARE_PLANNING)
    files = months.schedule(manager, giver, pair.month.users, manager.sequence())
    (unit,), _ = put_together([of_bytes(name, content) for name, content in files.items()])
    boxes.send(participant, boxes.stage(participant, unit)[1] or 0, unit)
    assert "実績がまだ届いていません" in text(browser(pair.planner).get(PAGE))


def test_nothing_is_asked_before_somebody_read_the_words(pair):
    pair.exchange()
    asking = browser(pair.planner)
    address = f"/exchange/queries/{pair.differing}/{pair.offices[1].number}/{months.MONTH}/"
    assert f'action="{address}"' not in asking.get(PAGE).content.decode()
    refused = asking.post(address)
    assert refused.status_code == 422 and "問い合わせの文を書いてください" in text(refused)
    assert queries.listed(Participant(pair.provider.caller, Purpose.SERVICE_PROVISION)) == []


def test_services_weekdays_and_sundays_are_in_words(pair):
    pair.exchange()
    page = browser(pair.planner).get(PAGE)
    assert "訪問介護(1" in text(page) or "通所介護(1" in text(page)
    sundays = page.content.decode().count('class="kb-sunday"')
    assert sundays and sundays % 4 == 0  # October 2026 has four


def test_it_is_asked_and_the_other_side_answers(pair):
    pair.exchange()
    asking, asked = browser(pair.planner), browser(pair.provider)
    address = f"/exchange/queries/{pair.differing}/{pair.offices[1].number}/{months.MONTH}/"
    assert address in text(asking.get(PAGE))
    drafted = asking.get(address).context["words"]
    response = asking.post(address, {"words": drafted})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert "問い合わせました" in text(asking.get(PAGE))
    waiting = text(asked.get("/exchange/queries/"))
    assert "12日" in waiting and pair.offices[0].name in waiting
    assert pair.month.users[1].number[-4:] in waiting and f"{months.INSURER}-" not in waiting  # about whom
    (query,) = queries.listed(Participant(pair.provider.caller, Purpose.SERVICE_PROVISION))
    wrong = asked.post("/exchange/queries/", {"query": query.number_of_query, "words": "  "})
    assert wrong.status_code == 422 and "答えを書いてください" in text(wrong)
    too_long = "あ" * 1001
    wrong = asked.post("/exchange/queries/", {"query": query.number_of_query, "words": too_long})
    assert wrong.status_code == 422 and too_long in text(wrong)  # nothing typed is lost
    assert asked.post("/exchange/queries/", {"query": query.number_of_query, "words": "休みでした"}).status_code == 302
    assert "休みでした" in text(asking.get(f"/exchange/queries/?month={months.MONTH}"))
    again = asked.post("/exchange/queries/", {"query": query.number_of_query, "words": "もう一度"}, follow=True)
    assert "見つからないか、もう答えが付いています" in text(again)


def test_the_words_can_be_changed_first(pair):
    pair.exchange()
    client = browser(pair.provider)
    address = f"/exchange/queries/{pair.differing}/{pair.offices[0].number}/{months.MONTH}/"
    drafted = text(client.get(address))
    assert "12日" in drafted and "予定があり、実績がありません" in drafted
    client.post(address, {"words": "12日はお休みでした。予定を直してください。"})
    (query,) = queries.listed(Participant(pair.planner.caller, Purpose.CARE_PLANNING))
    assert query.words == "12日はお休みでした。予定を直してください。"


@pytest.mark.parametrize(
    "address",
    [
        "/exchange/match/209913/",
        "/exchange/match/abc/",
        "/exchange/queries/{same}/{other}/202610/",  # nothing differs for this user
        "/exchange/queries/{differing}/9999999993/202610/",
        "/exchange/queries/{differing}/{other}/202609/",
    ],
)
def test_what_is_not_there(pair, address):
    pair.exchange()
    same = opaque.encode(int(f"{months.INSURER}{pair.month.users[0].number}"))
    where = address.format(same=same, differing=pair.differing, other=pair.offices[1].number)
    client = browser(pair.planner)
    assert client.get(where).status_code == 404
    assert client.post(where).status_code in (404, 405)


def test_a_stranger_sees_nothing_of_it(pair, world):
    pair.exchange()
    client = browser(world.actor(world.organisation("43"), "clerk"))
    assert "まだやり取りしていません" in text(client.get(PAGE))
    address = f"/exchange/queries/{pair.differing}/{pair.offices[1].number}/{months.MONTH}/"
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    typed = client.post(address, {"words": "教えてください"}, follow=True)
    assert "問い合わせられません" in text(typed)


def test_what_would_likely_come_back_with_its_ground(pair, world):
    """A user in charge whose certification ended on the 10th, as the insurer's records say; the files say nothing."""
    user = pair.month.users[0]
    user.insurer = world.insurer(started_on=days(-30))
    person = world.person(user.insurer, insured_no=user.number, birth=dt.date(1935, 4, 1), sex="1")
    world.in_charge(person, pair.offices[0])
    world.consent(person)
    card = {"care_level": "23", "certified_on": "2026-04-01", "valid_from": "2026-04-01", "valid_until": "2026-10-09"}
    world.record(person, "insurance_card.card", card, valid_from=dt.date(2026, 4, 1), valid_to=dt.date(2026, 10, 10))
    pair.exchange()
    shown = text(browser(pair.planner).get(PAGE))
    assert "12PD" in shown and "10月12日は、認定の有効期間の外です。" in shown
    assert "比べたもの: 受給者台帳の認定有効期間" in shown
    assert "利用者が2名います(受給者台帳は未確認)" in shown  # the other two are not in charge here
    assert person.key in world.log(action="people:list", certificate=pair.planner.fingerprint)[-1]["persons"]
    assert "12PD" not in text(browser(pair.provider).get(PAGE))  # who is not in charge learns nothing of it
