"""The pages through the front door: what each actor meets."""

from __future__ import annotations

import re

import pytest

from kiban.consent import explanation
from kiban.gate import events
from kiban.gate import words as reasons
from kiban.terms.wareki import to_wareki_full
from tests.assignment.typed import registration
from tests.cast import Cast, browser
from tests.pages import page, text, wareki
from tests.world import days

KINDS = ["insurance_card", "certification", "opinion", "housing", "careplan", "life"]


def test_the_head_of_a_person(town: Cast):
    shown = text(browser(town.manager).get(page(town.person)))
    assert "昭和15年3月2日(1940年)生" in shown
    assert "要介護3" in shown
    assert town.person.insured_no[-4:] in shown
    assert town.person.insured_no not in shown
    assert "包括的同意" in shown
    assert "担当(居宅サービス計画を作成する事業所" in shown


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_tab(town: Cast, kind):
    response = browser(town.manager).get(page(town.person, f"records/{kind}/"))
    assert response.status_code in (200, 403)
    assert re.search(rf'/{kind}/"\s+aria-current="page"', text(response))
    assert "この閲覧は記録されました" in text(response)


def test_why_not_names_all_eight_conditions_and_a_next_step(town: Cast):
    response = browser(town.manager).get(page(town.without_consent))
    assert response.status_code == 403
    shown = text(response)
    for label in reasons.LABELS.values():
        assert f"<b>{label}</b>" in shown
    assert "ご本人の包括的同意の記録がありません。" in shown
    assert page(town.without_consent, "consent/") in shown
    assert "要介護3" not in shown


def test_what_is_missing_comes_first_once_and_the_rest_is_folded(town: Cast):
    shown = re.sub(r"\s+", " ", text(browser(town.manager).get(page(town.without_consent, "records/certification/"))))
    panels = shown.split('class="kb-why"')[1:]
    missing = [panel[panel.index("kb-unmet") : panel.index("</ul>")] for panel in panels]
    assert len(set(missing)) == len(missing)  # one panel for all that lack the same
    for panel in panels:
        assert panel.index('class="kb-unmet"') < panel.index("つは満たしています") < panel.index('class="kb-met"')
    assert "この画面を見てよい根拠" not in shown
    assert "data-kb-print" not in shown


def test_a_municipality_that_begins_later_says_when(town: Cast):
    insurer = town.not_started.insurer_no
    town.world.run("UPDATE registry_insurer SET started_on = %s WHERE number = %s", days(40), insurer)
    shown = text(browser(town.manager).get(page(town.not_started)))
    assert f"<b>{to_wareki_full(days(40))}</b>" in shown


def test_the_wrong_role_keeps_the_menu_and_names_who_administers(town: Cast):
    response = browser(town.manager).get("/staff/")
    shown = text(response)
    assert response.status_code == 403
    assert f"管理者({town.administrator.name}さん)" in re.sub(r"\s+", "", shown).replace("試験管理者", "試験 管理者")
    assert 'class="kb-places' in shown


def test_a_role_that_does_not_open_says_who_may(town: Cast):
    shown = text(browser(town.counselor).get(page(town.person, "records/certification/")))
    assert "認定調査票は表示できません" in shown
    assert "介護支援専門員" in shown
    assert "あなたの職種: 生活相談員" in shown
    assert "根拠: 共有範囲表" in shown


def test_a_municipality_that_has_not_started(town: Cast):
    response = browser(town.manager).get(page(town.not_started))
    assert response.status_code == 403
    assert "まだ介護情報基盤の利用を開始していません" in text(response)


def test_a_stranger_does_not_exist(town: Cast):
    assert browser(town.manager).get(page(town.stranger)).status_code == 404
    assert browser(town.elsewhere).get(page(town.person)).status_code == 404
    rows = town.world.log(insured_key=town.person.key)
    assert [row["outcome"] for row in rows] == ["denied"]


@pytest.mark.parametrize("address", ["/people/AAAAAAAAAAAAAAAAAAAAAA/", "/people/0000000001/", "/people/x/log/"])
def test_made_up_addresses(town: Cast, address):
    assert browser(town.manager).get(address).status_code == 404


def test_an_unknown_kind(town: Cast):
    assert browser(town.manager).get(page(town.person, "payments/")).status_code == 404


def test_nothing_is_cached(town: Cast):
    for address in ("/", "/people/", page(town.person)):
        assert "no-store" in browser(town.manager).get(address)["Cache-Control"]


def test_search_is_a_post_and_the_name_stays_out_of_the_address(town: Cast):
    client = browser(town.manager)
    found = text(client.post("/people/", {"q": "花子", "sort": "kana"}, follow=True))
    assert town.person.name.replace(" ", "\u00a0") in found
    assert town.without_consent.name.replace(" ", "\u00a0") not in found
    assert 'method="post"' in found
    nothing = text(client.post("/people/", {"q": "いない人"}, HTTP_HX_REQUEST="true"))
    assert "合う方はいません" in nothing
    assert "<html" not in nothing


def test_register_then_consent_then_see_then_withdraw_then_end(town: Cast):
    client = browser(town.elsewhere)
    person = town.person
    assert client.get(page(person)).status_code == 404
    assert client.post("/people/register/", registration(person)).url == page(person)
    assert client.get(page(person)).status_code == 200
    withdrawal = {**wareki("on", days(0)), "signer": "self", "channel": "meeting"}
    assert client.post(page(person, "consent/withdraw/"), withdrawal).url == page(person, "consent/")
    assert client.get(page(person)).status_code == 403
    consent = {**withdrawal, "text_version": explanation.CURRENT, "explained": "on"}
    assert client.post(page(person, "consent/give/"), consent).url == page(person, "consent/")
    assert client.get(page(person)).status_code == 200
    assert client.post(page(person, "assignment/end/"), {"reason": "ended"}).url == page(person, "assignment/ended/")
    assert client.get(page(person)).status_code == 403


def test_a_registration_that_does_not_fit_says_only_that(town: Cast):
    response = browser(town.elsewhere).post("/people/register/", registration(town.person, sex="1"))
    assert response.status_code == 422
    assert "4つの情報に合う方が見つかりませんでした" in text(response)


def test_an_individual_number_is_refused_and_not_echoed(town: Cast):
    response = browser(town.elsewhere).post("/people/register/", registration(town.person, insured_no="123456789018"))
    assert "マイナンバー" in text(response)
    assert "123456789018" not in text(response)


def test_the_purpose_of_the_session_is_what_the_log_says(town: Cast):
    client = browser(town.manager)
    back = page(town.person)
    assert client.post("/people/purpose/", {"purpose": "inquiry", "back": back}).url == back
    client.get(back)
    assert town.world.log(insured_key=town.person.key)[-1]["purpose"] == "inquiry"


def test_the_purpose_is_forgotten_at_sign_out(town: Cast):
    client = browser(town.manager)
    client.post("/people/purpose/", {"purpose": "inquiry", "back": "/people/"})
    assert client.cookies["__Host-kiban-purpose"].value == "inquiry"
    client.post("/sign-out/")
    assert client.cookies["__Host-kiban-purpose"].value == ""


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com/people/", "/people/\\example.com"])
def test_choosing_a_purpose_leads_nowhere_else(town: Cast, back):
    assert browser(town.manager).post("/people/purpose/", {"purpose": "inquiry", "back": back}).url == "/"


def test_every_answer_of_the_gate_has_words():
    for condition, answers in events.ANSWERS.items():
        for answer in answers:
            line = reasons.explain({**dict.fromkeys(events.Condition, "ok"), condition: answer})
            shown = next(entry for entry in line if entry.condition is condition)
            assert shown.passes == (answer in events.PASSES)
            assert shown.sentence
            assert shown.passes or shown.next_step
