"""同意 through the front door: given, refused, taken back, and at once."""

from __future__ import annotations

import datetime as dt

import pytest

from kiban.consent import explanation
from tests.cast import Cast, browser
from tests.consent.typed import consent_page, said
from tests.markup import on_one_line
from tests.pages import page, text, wareki
from tests.world import days, hours

ACTS = ("give", "refuse", "withdraw")


def errors(response, field):
    assert response.status_code == 422
    return response.context["form"].errors[field]


def test_nothing_said_yet(town: Cast):
    shown = text(browser(town.manager).get(consent_page(town.without_consent)))
    assert "同意の記録はありません" in shown
    assert "介護サービスは、これまでどおり続けられます" in shown
    assert "国から示されていないこと(未確認)" in shown


def test_a_consent_stands_with_all_that_was_kept_of_it(town: Cast):
    client = browser(town.manager)
    data = said(
        signer="scribe", signer_name="試験 代筆者", witness="試験 立会人", channel="letter", note="自宅で署名された"
    )
    answer = client.post(consent_page(town.without_consent, "give/"), data)
    assert answer.url == consent_page(town.without_consent)
    shown = text(client.get(answer.url))
    for words in (
        "同意しています",
        "代筆(本人の意思を確認して書いた) 試験 代筆者",
        "試験 立会人",
        "郵便",
        "自宅で署名された",
        f"{explanation.CURRENT}版",
        f"{town.office.name}(市町村に代わって) {town.manager.name}",
    ):
        assert words in shown
    assert (
        town.world.one("SELECT text_version FROM care.consent WHERE insured_key = %s", town.without_consent.key)
        == explanation.CURRENT
    )


def test_looking_is_logged(town: Cast):
    browser(town.manager).get(consent_page(town.person))
    (row,) = town.world.log(insured_key=town.person.key)
    assert (row["action"], row["outcome"]) == ("consent:read", "allowed")


def test_refusal_works_in_the_very_next_request(town: Cast):
    watching = browser(town.counselor)
    assert watching.get(page(town.person)).status_code == 200
    assert browser(town.manager).post(consent_page(town.person, "refuse/"), said()).status_code == 302
    assert watching.get(page(town.person)).status_code == 403
    shown = text(watching.get(consent_page(town.person)))
    assert "同意しないと言われています" in shown
    assert "介護サービスは、これまでどおり続けられます" in shown
    assert "同意しないと言われています" in text(browser(town.manager).get("/people/"))


def test_withdrawal_works_in_the_very_next_request(town: Cast):
    watching = browser(town.administrator)
    assert watching.get(page(town.person)).status_code == 200
    assert browser(town.manager).post(consent_page(town.person, "withdraw/"), said()).status_code == 302
    assert watching.get(page(town.person)).status_code == 403
    assert "同意は撤回されました" in text(watching.get(consent_page(town.person)))
    assert "同意が撤回されました" in text(watching.get("/people/"))


def test_a_consent_after_a_refusal_opens_again(town: Cast):
    client = browser(town.manager)
    client.post(consent_page(town.person, "refuse/"), said())
    assert client.post(consent_page(town.person, "give/"), said()).status_code == 302
    assert client.get(page(town.person)).status_code == 200
    titles = [fact.title for fact in client.get(consent_page(town.person)).context["history"].facts]
    assert titles == ["同意", "同意しない", "撤回", "同意"]


@pytest.mark.parametrize(("act", "sentence"), [("give", "すでに同意の登録"), ("refuse", ""), ("withdraw", "")])
def test_what_stands_already_is_not_asked_again(town: Cast, act, sentence):
    client = browser(town.manager)
    if act == "give":
        answer = client.get(consent_page(town.person, "give/"), follow=True)
        assert sentence in text(answer)
        return
    assert client.post(consent_page(town.person, f"{act}/"), said()).status_code == 302
    assert client.get(consent_page(town.person, f"{act}/")).url == consent_page(town.person)


def fresh(town: Cast, act: str):
    """A person for whom the act is possible."""
    return town.without_consent if act == "give" else town.person


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"on": 1}, "on", "まだ来ていない日です"),
        ({"on": dt.date(2024, 4, 1)}, "on", "より前の日"),
        ({"on_day": "31", "on_month": "2"}, "on", ""),
        ({"signer": None}, "signer", "選んでください。"),
        ({"signer": "neighbour"}, "signer", ""),
        ({"signer": "family"}, "signer_name", "その人の名前を入れてください"),
        ({"signer_name": "試験 花子"}, "signer_name", "「本人」を選んだときは空けて"),
        ({"signer": "scribe", "signer_name": "試験 代筆者"}, "witness", "立会人の名前を入れてください"),
        ({"signer": "scribe", "signer_name": "試験 代筆者", "witness": "\u3000"}, "witness", "立会人の名前を入れて"),
        ({"signer": "scribe", "signer_name": "試験 代筆者", "witness": "試験代筆者"}, "witness", "同じ名前です"),
        ({"channel": "pigeon"}, "channel", ""),
        ({"channel": None}, "channel", "選んでください。"),
        ({"channel": "other"}, "note", "どのように伺ったか"),
        ({"note": "番号は1234-5678-9018"}, "note", "マイナンバー"),
        ({"note": "長い" * 300}, "note", ""),
    ],
)
def test_what_is_wrong_is_said_at_the_field(town: Cast, act, change, field, sentence):
    person = fresh(town, act)
    before = town.world.one("SELECT count(*) FROM care.consent WHERE insured_key = %s", person.key)
    response = browser(town.manager).post(consent_page(person, f"{act}/"), said(**change))
    assert any(sentence in error for error in errors(response, field))
    assert "1234-5678-9018" not in text(response)
    assert town.world.one("SELECT count(*) FROM care.consent WHERE insured_key = %s", person.key) == before
    assert not [row for row in town.world.log(insured_key=person.key) if row["action"] != "consent:read"]


@pytest.mark.parametrize("act", ["give", "refuse"])
def test_the_explanation_must_have_been_shown(town: Cast, act):
    response = browser(town.manager).post(consent_page(fresh(town, act), f"{act}/"), said(explained=None))
    assert errors(response, "explained") == ["確かめたら印を付けてください。"]


def test_an_old_paper_does_not_undo_a_withdrawal(town: Cast):
    """A consent dated before the withdrawal is no consent after it."""
    client = browser(town.manager)
    client.post(consent_page(town.person, "withdraw/"), said())
    response = client.post(consent_page(town.person, "give/"), said(on=-1))
    assert "「撤回」の記録があります" in errors(response, "on")[0]
    assert client.get(page(town.person)).status_code == 403


def test_a_withdrawal_does_not_lie_before_the_consent(town: Cast):
    response = browser(town.manager).post(consent_page(town.person, "withdraw/"), said(on=-51))
    assert "「同意」の記録があります" in errors(response, "on")[0]


def test_a_version_is_not_older_than_itself(town: Cast):
    since = explanation.TEXTS[explanation.CURRENT].since
    data = said(on=since - dt.timedelta(days=1), text_version=explanation.CURRENT)
    response = browser(town.manager).post(consent_page(town.without_consent, "give/"), data)
    assert "前の版を選んでください" in errors(response, "text_version")[0]


def test_a_consent_on_an_older_version_says_so(town: Cast):
    client = browser(town.manager)
    older = next(iter(explanation.TEXTS))
    client.post(consent_page(town.without_consent, "give/"), said(text_version=older))
    assert f"前の説明文({older}版)でいただいた同意です" in text(client.get(consent_page(town.without_consent)))


@pytest.mark.parametrize("signer", ["legal_agent", "voluntary_agent", "family"])
def test_what_is_not_settled_is_shown_as_such(town: Cast, signer):
    client = browser(town.manager)
    client.post(consent_page(town.without_consent, "give/"), said(signer=signer, signer_name="試験 代理"))
    shown = text(client.get(consent_page(town.without_consent)))
    assert f"未確認: {explanation.UNSETTLED_SIGNERS[signer]}" in shown


def test_a_consent_that_came_by_a_municipal_file(town: Cast):
    """Nobody of an office recorded it, and how it was taken is not known."""
    town.world.consent(town.without_consent, text_version="")
    shown = text(browser(town.manager).get(consent_page(town.without_consent)))
    assert "市町村(データ)" in shown
    assert "説明文の記録がありません" in shown
    town.world.run("UPDATE care.consent SET withdrawn_at = %s WHERE insured_key = %s", hours(-1), town.person.key)
    assert "同意は撤回されました" in text(browser(town.manager).get(consent_page(town.person)))


def test_a_consent_from_a_later_day_on_can_be_taken_back_today(town: Cast):
    client, person = browser(town.manager), town.without_consent
    town.world.consent(person, given_on=days(3))
    assert "これから始まる同意があります" in text(client.get(consent_page(person)))
    assert client.post(consent_page(person, "withdraw/"), said()).status_code == 302
    assert "同意は撤回されました" in text(client.get(consent_page(person)))


def test_another_office_sees_the_fact_but_not_the_note(town: Cast):
    browser(town.manager).post(consent_page(town.without_consent, "give/"), said(note="内輪のこと"))
    world = town.world
    world.in_charge(town.without_consent, town.other_office)
    shown = text(browser(town.elsewhere).get(consent_page(town.without_consent)))
    assert "同意しています" in shown
    assert "内輪のこと" not in shown
    assert "/paper/" not in shown


@pytest.mark.parametrize("rest", ["", "give/", "refuse/", "withdraw/", "other/", "form/", "form/withdrawal/"])
def test_a_stranger_does_not_exist(town: Cast, rest):
    for client, person in ((browser(town.manager), town.stranger), (browser(town.elsewhere), town.person)):
        assert client.get(consent_page(person, rest)).status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_recorded_of_a_stranger(town: Cast, act):
    assert browser(town.elsewhere).post(consent_page(town.person, f"{act}/"), said()).status_code == 404
    assert browser(town.manager).get(page(town.person)).status_code == 200


class TestOlderConsents:
    def record(self, client, person, **changes):
        data = {"kind": "article33", **wareki("on", days(-400)), "signer": "self", "covers_family": "on", **changes}
        return client.post(consent_page(person, "other/"), data)

    def test_kept_apart_and_opening_nothing(self, town: Cast):
        client = browser(town.manager)
        assert self.record(client, town.without_consent).url == consent_page(town.without_consent)
        shown = text(client.get(consent_page(town.without_consent)))
        assert "個人情報を使うことの同意(運営基準第33条)" in shown
        assert '<dt>家族の情報</dt><dd class="kb-text">含む</dd>' in on_one_line(shown)
        assert "登録しても、表示される情報は変わりません" in shown
        assert "同意の記録はありません" in shown
        assert client.get(page(town.without_consent)).status_code == 403

    def test_taken_back(self, town: Cast):
        client = browser(town.manager)
        self.record(client, town.person, kind="application", covers_family="")
        (fact,) = client.get(consent_page(town.person)).context["history"].others
        where = consent_page(town.person, f"other/{fact.number}/withdraw/")
        assert "この同意の撤回を登録しますか" in text(client.get(where))
        assert client.post(where).url == consent_page(town.person)
        assert "認定申請書の同意欄(撤回済み)" in text(client.get(consent_page(town.person)))
        assert client.post(where).status_code == 404
        assert client.get(page(town.person)).status_code == 200

    def test_of_the_own_office_only(self, town: Cast):
        self.record(browser(town.manager), town.person)
        number = town.world.one("SELECT max(id) FROM care.other_consent WHERE insured_key = %s", town.person.key)
        client = browser(town.counselor)
        assert "運営基準第33条)</h3>" not in text(client.get(consent_page(town.person)))
        assert client.post(consent_page(town.person, f"other/{number}/withdraw/")).status_code == 404

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"kind": "oral"}, "kind"),
            ({"signer": "family"}, "signer_name"),
            (wareki("on", dt.date(1999, 1, 1)), "on"),
            (wareki("on", days(1)), "on"),
        ],
    )
    def test_what_is_wrong_is_said_at_the_field(self, town: Cast, change, field):
        assert errors(self.record(browser(town.manager), town.person, **change), field)


class TestPapers:
    def test_the_form_bears_the_name_and_the_version(self, town: Cast):
        shown = text(browser(town.manager).get(consent_page(town.person, "form/")))
        assert town.person.name.replace(" ", "\u00a0") in shown
        assert f"説明文 {explanation.CURRENT}版" in shown
        for words in ("ご本人の署名", "立会人の署名", "記入した日", town.office.name, "同意しません"):
            assert words in shown

    def test_the_empty_form_is_one_click_from_the_list(self, town: Cast):
        client = browser(town.manager)
        assert "/consent/form/" in text(client.get("/people/"))
        shown = text(client.get("/consent/form/"))
        assert town.person.name.replace(" ", "\u00a0") not in shown
        assert "ご本人の署名" in shown

    def test_withdrawing_has_its_own_form(self, town: Cast):
        client = browser(town.manager)
        assert "同意を、取り消します" in text(client.get("/consent/form/withdrawal/"))
        named = text(client.get(consent_page(town.person, "form/withdrawal/")))
        assert town.person.name.replace(" ", "\u00a0") in named

    def test_every_version_can_be_read(self, town: Cast):
        client = browser(town.manager)
        for version, explained in explanation.TEXTS.items():
            shown = text(client.get(f"/consent/text/{version}/"))
            assert explained.sections[0].paragraphs[0] in shown
            assert ("前の版です" in shown) == (version != explanation.CURRENT)
        assert client.get("/consent/text/1999-01/").status_code == 404

    def test_nobody_is_named_on_the_page_shown_to_the_person(self, town: Cast):
        shown = text(browser(town.manager).get("/consent/text/"))
        assert town.manager.name not in shown
        assert town.office.name not in shown
