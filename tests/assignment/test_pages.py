"""担当 through its pages: registering, going on, handing over, ending, and what the insurer does itself."""

from __future__ import annotations

import datetime as dt

import pytest

from kiban.assignment import acts
from kiban.terms.services import MAKES_PLAN
from kiban.web import opaque
from tests.assignment.typed import registration
from tests.cast import Cast, browser
from tests.pages import page, text, wareki
from tests.world import days

pytestmark = pytest.mark.database


def month(ahead: int) -> dt.date:
    first = days(0).replace(day=1)
    for _ in range(abs(ahead)):
        first = (first + dt.timedelta(days=40 if ahead > 0 else -1)).replace(day=1)
    return first


def lapsing(town: Cast, person, office=None):
    """The viewing period ends with this month."""
    town.world.run(
        "UPDATE care.assignment SET viewing_to = %s WHERE insured_key = %s AND organisation_id = %s",
        month(1),
        person.key,
        (office or town.office).id,
    )


def viewing_to(town: Cast, person, office=None):
    return town.world.one(
        "SELECT viewing_to FROM care.assignment WHERE insured_key = %s AND organisation_id = %s",
        person.key,
        (office or town.office).id,
    )


class TestRegistering:
    def test_the_period_is_the_policys(self, town: Cast):
        client = browser(town.elsewhere)
        assert client.post("/people/register/", registration(town.stranger)).url == page(town.stranger)
        assert viewing_to(town, town.stranger, town.other_office) == month(4)
        assert "未確認" in text(client.get(page(town.stranger, "assignment/")))

    def test_longer_than_the_policy_is_refused_with_what_to_do(self, town: Cast):
        data = registration(town.stranger, **wareki("viewing_last", days(400)))
        response = browser(town.elsewhere).post("/people/register/", data)
        assert response.status_code == 422
        assert "決まりより長く" in text(response)

    def test_a_number_of_no_insurer_uses_up_no_try(self, town: Cast):
        before = town.world.one("SELECT count(*) FROM gate.guess")
        response = browser(town.elsewhere).post("/people/register/", registration(town.stranger, insurer_no="131130"))
        assert response.status_code == 422
        assert "この番号の保険者(市町村・広域連合)が見つかりません" in text(response)
        assert town.world.one("SELECT count(*) FROM gate.guess") == before

    def test_a_municipality_that_has_not_begun_is_named(self, town: Cast):
        waiting = town.world.insurer()
        data = registration(town.stranger, insurer_no=waiting)
        response = browser(town.elsewhere).post("/people/register/", data)
        assert response.status_code == 422
        assert "まだこの仕組みの利用を開始していません" in text(response)

    def test_who_is_registered_is_told_what_comes_next(self, town: Cast):
        response = browser(town.elsewhere).post("/people/register/", registration(town.stranger), follow=True)
        assert "次は「同意」です" in text(response)

    def test_by_sight_needs_what_was_seen(self, town: Cast):
        data = registration(town.stranger, method="visual", place="visit")
        response = browser(town.elsewhere).post("/people/register/", data)
        assert "何を見て確かめたか" in text(response)
        client = browser(town.elsewhere)
        assert client.post("/people/register/", {**data, "document": "運転免許証"}).status_code == 302
        shown = text(client.get(page(town.stranger, "assignment/")))
        assert "運転免許証" in shown
        assert "訪問先" in shown

    @pytest.mark.parametrize("missing", ["insurer_no", "insured_no", "sex"])
    def test_without_a_card_all_four_are_needed(self, town: Cast, missing):
        response = browser(town.elsewhere).post("/people/register/", registration(town.stranger, **{missing: ""}))
        assert response.status_code == 422
        assert "入れてください" in text(response)

    def test_a_card_that_was_not_read_is_no_card(self, town: Cast):
        response = browser(town.elsewhere).post("/people/register/", registration(town.stranger, method="card"))
        assert "カードを読む" in text(response)
        assert viewing_to(town, town.stranger, town.other_office) is None

    def test_a_card_alone_is_enough_the_second_time(self, town: Cast, monkeypatch: pytest.MonkeyPatch):
        assert 'value="card"' not in text(browser(town.elsewhere).get("/people/register/"))  # cards are not set up
        monkeypatch.setattr("kiban.assignment.pages.identity_forms.is_set_up", lambda: True)

        def proof(nonce):
            facts = {"issuer": "CN=試験", "serial": f"{town.stranger.key:x}", "revocation_checked": True}
            assert acts.keep_proof(town.elsewhere.caller, nonce, **facts)
            return nonce

        client = browser(town.elsewhere)
        nothing = registration(town.stranger, method="card", insurer_no="", insured_no="", sex="")
        nothing |= {name: "" for name in nothing if name.startswith("birth")}
        unknown = client.post("/people/register/", {**nothing, "proof": proof(f"1{town.stranger.key:063x}")})
        assert "はじめて使うカード" in text(unknown)
        first = registration(town.stranger, method="card", proof=proof(f"2{town.stranger.key:063x}"))
        assert client.post("/people/register/", first).url == page(town.stranger)
        again = client.post("/people/register/", {**nothing, "proof": proof(f"3{town.stranger.key:063x}")})
        assert again.url == page(town.stranger)

    def test_the_services_that_make_plans_are_the_gates(self, town: Cast):
        (services,) = town.world.connection.execute("SELECT gate.plan_services()").fetchone()
        assert set(services) == set(MAKES_PLAN)


class TestGoingOn:
    def test_the_administrator_confirms_and_the_period_is_renewed(self, town: Cast):
        lapsing(town, town.person)
        client = browser(town.administrator)
        assert town.person.name.split()[-1] in text(client.get("/people/lapsing/"))
        data = {"person": [opaque.encode(town.person.key)], "month": month(0).isoformat()}
        assert "続けることを登録しました" in text(client.post("/people/lapsing/", data, follow=True))
        assert viewing_to(town, town.person) == month(4)
        assert "試験 管理者" in text(client.get(page(town.person, "assignment/")))

    def test_others_see_the_list_but_do_not_confirm(self, town: Cast):
        lapsing(town, town.person)
        client = browser(town.manager)
        shown = text(client.get("/people/lapsing/"))
        assert town.person.name.split()[-1] in shown
        assert 'name="person"' not in shown
        data = {"person": [opaque.encode(town.person.key)], "month": month(0).isoformat()}
        assert client.post("/people/lapsing/", data).status_code == 403
        assert viewing_to(town, town.person) == month(1)

    def test_nobody_ticked_and_nonsense(self, town: Cast):
        client = browser(town.administrator)
        nothing = client.post("/people/lapsing/", {"month": month(0).isoformat()}, follow=True)
        assert "印を付けてから" in text(nothing)
        assert client.post("/people/lapsing/", {"month": "いつか", "person": ["x"]}).status_code == 404
        foreign = {"person": [opaque.encode(town.stranger.key)], "month": month(0).isoformat()}
        assert "見つかりません" in text(client.post("/people/lapsing/", foreign, follow=True))

    def test_the_home_page_and_the_list_say_so(self, town: Cast):
        lapsing(town, town.person)
        client = browser(town.manager)
        assert "今月で切れます(1名)" in text(client.get("/"))
        assert "担当の期間が" in text(client.get("/people/"))


class TestHandingOver:
    def offer(self, town: Cast, **changes):
        data = {
            "to_number": town.other_office.number,
            **wareki("starts_on", days(0)),
            "note": "電話は午後に",
            **changes,
        }
        return browser(town.manager).post(page(town.person, "assignment/hand-over/"), data)

    def test_from_the_offer_to_the_new_office(self, town: Cast):
        assert self.offer(town).url == page(town.person, "assignment/")
        new = browser(town.elsewhere)
        assert "引き継ぎの申し出があります(1件)" in text(new.get("/"))
        offers = text(new.get("/people/handovers/"))
        assert town.office.number in offers
        assert town.person.name.split()[-1] not in offers
        assert new.post("/people/register/", registration(town.person)).url == page(town.person)
        assert browser(town.manager).get(page(town.person)).status_code == 403

    def test_withdrawn(self, town: Cast):
        self.offer(town)
        client = browser(town.manager)
        assert "申し出を取りやめる" in text(client.get(page(town.person, "assignment/")))
        client.post(page(town.person, "assignment/hand-over/withdraw/"))
        assert town.office.number not in text(browser(town.elsewhere).get("/people/handovers/"))

    def test_words_at_the_field(self, town: Cast):
        assert "この立場になれない事業所" in text(self.offer(town, to_number="1300000000"))
        assert "過ぎた日" in text(self.offer(town, **wareki("starts_on", days(-1))))
        assert "事業所番号の形ではありません。10桁" in text(self.offer(town, to_number="123"))
        self.offer(town)
        assert "すでに申し出ています" in text(self.offer(town))


class TestEnding:
    def test_with_a_reason_and_at_once(self, town: Cast):
        client = browser(town.manager)
        assert client.get(page(town.person)).status_code == 200
        assert client.post(page(town.person, "assignment/end/"), {}).status_code == 422
        assert client.post(page(town.person, "assignment/end/"), {"reason": "moved"}).url == page(
            town.person, "assignment/ended/"
        )
        assert client.get(page(town.person)).status_code == 403


class TestTheInsurer:
    def test_grants_and_takes_away(self, town: Cast):
        client = browser(town.officer)
        data = {
            "organisation_number": town.other_office.number,
            "capacity": "plan",
            **wareki("viewing_from", days(0)),
            **wareki("viewing_last", days(30)),
        }
        assert client.post(page(town.person, "assignment/grant/"), data).url == page(town.person, "assignment/")
        shown = text(client.get(page(town.person, "assignment/")))
        assert town.office.number in shown
        assert town.other_office.number in shown
        taken = {"organisation_number": town.other_office.number, "reason": "mistake"}
        assert "担当を外しました" in text(client.post(page(town.person, "assignment/revoke/"), taken, follow=True))
        assert "見つかりません" in text(client.post(page(town.person, "assignment/revoke/"), taken, follow=True))

    def test_an_unknown_number(self, town: Cast):
        data = {
            "organisation_number": "1300000000",
            "capacity": "plan",
            **wareki("viewing_from", days(0)),
            **wareki("viewing_last", days(30)),
        }
        assert "この立場になれない" in text(browser(town.officer).post(page(town.person, "assignment/grant/"), data))

    def test_an_office_learns_nothing_of_others(self, town: Cast):
        town.world.assignment(town.person, town.other_office)
        assert town.other_office.number not in text(browser(town.manager).get(page(town.person, "assignment/")))
