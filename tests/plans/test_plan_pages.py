"""計画書 through the front door: typed in, corrected, agreed to, delivered; and who may not."""

from __future__ import annotations

import pytest

from kiban.records.versions import canonical
from kiban.terms import wareki
from kiban.web import opaque
from tests.plans.hand import INPUTS, MADE, NUMBER, Hand, filled, stored
from tests.world import days

pytestmark = pytest.mark.database


def test_a_plan_typed_in_is_the_persons_care_plan(town):
    hand = stored(town)
    assert hand.response.status_code == 302
    assert hand.content == {
        "made_on": MADE.isoformat(),
        "first_made_on": days(-400).isoformat(),
        "plan_kind": "21",
        "author": "試験 ケアマネ",
        "office_number": town.office.number,
        "office_name": town.office.name,
        # from the insurance card
        "application_state": "2",
        "certified_on": "2026-04-01",
        "certified_from": "2026-04-01",
        "certified_until": "2027-03-31",
        "care_level": "23",
        "intention": "家で暮らしたい。",
        "policy": "転ばないように見守ります。",
        "services": [
            {
                "need": "歩きたい",
                "content": "歩行の訓練",
                "insured": "Y",
                "service": "通所介護",
                "provider": "試験デイ",
                "provider_number": town.counselor.organisation.number,
            },
            {"content": "送り迎え"},
        ],
        "week": [{"weekday": day, "starts_at": "0930", "ends_at": "1630", "content": "通所介護"} for day in ("1", "4")],
        "activities": [{"starts_at": "0700", "activity": "起床"}],
        "other_services": "福祉用具貸与(手すり)",
    }
    shown = hand.client.get(f"/people/{opaque.encode(town.person.key)}/records/careplan/").content.decode()
    assert "転ばないように見守ります。" in shown
    assert hand.address("own/") in shown
    assert "同意を登録する" in hand.open("own/").page


def test_a_new_plan_begins_with_who_writes_and_with_the_card(town):
    today = days(0)
    hand = Hand(town).open("new/")
    assert hand.typed["author"] == ["試験 ケアマネ"]
    era = wareki.era_of(today)
    assert era is not None
    assert [hand.typed[f"made_on_{name}"] for name in INPUTS] == [
        [era.name],
        [str(today.year - era.offset)],
        [str(today.month)],
        [str(today.day)],
    ]
    assert hand.typed["care_level"] == ["23"]
    assert hand.typed["certified_from_year"] == ["8"]


def test_the_addresses_of_sheet_1_can_be_typed_and_the_offices_is_known(town):
    """The published list says where the office is; the person's address only the person says."""
    own = town.manager.organisation.number
    town.world.connection.execute(
        """INSERT INTO registry_office
               (number, number_check, name, kana, municipality_code, prefecture_id, place, address, building, telephone,
                fax, corporation_number, corporation_name, edition, search_key, search_grams)
           SELECT %s, '', '試験', '', '131136', min(code), '渋谷区', '渋谷区試験町1-2', '試験ビル', '',
                  '', '', '', '', '', '{}'
             FROM registry_prefecture""",
        [own],
    )
    hand = Hand(town).open("new/")
    assert hand.typed["office_address1"] == ["渋谷区試験町1-2 試験ビル"] and hand.typed["user_address1"] == [""]
    content = stored(town, user_address1="渋谷区試験町3-4").content
    assert (content["user_address1"], content["office_address1"]) == ("渋谷区試験町3-4", "渋谷区試験町1-2 試験ビル")


def test_another_row_changes_nothing_that_was_typed(town):
    hand = filled(Hand(town), services__1__frequency="週2回", made_on_year="まちがい")
    before = {name: value for name, value in hand.typed.items() if value != [""]}
    hand.press("add", "services")
    assert hand.response.status_code == 200
    assert "kb-error" not in hand.page.replace("kb-error-summary", "").split("<main")[1].split("</form>")[0]
    assert hand.typed.pop("services-count") == ["3"]
    assert hand.typed["services-2-need"] == [""]
    before.pop("services-count")
    assert before.items() <= hand.typed.items()
    # Below the first row: what stood in the second is in the third now.
    hand.type(**{"services-count": "3"}).press("add", "services-0")
    assert (hand.typed["services-1-frequency"], hand.typed["services-2-frequency"]) == ([""], ["週2回"])
    hand.press("add", "week").press("add", "activities").press("add", "nothing").press("add", "services-x")
    assert (hand.typed["week-count"], hand.typed["activities-count"]) == (["3"], ["2"])


def test_everything_wrong_is_told_at_once_beside_its_field_and_stays(town):
    hand = filled(
        Hand(town),
        author="",
        first_made_on_month="13",
        services__0__provider_number="12345",
        week__0__weekdays=[],
        week__0__starts_at="2960",
        policy="番号は123456789018です",
        housework_reason="3",
    ).press("confirm")
    assert hand.response.status_code == 422
    for sentence in (
        "居宅サービス計画作成者氏名: 入力してください。",
        "第2表 1行目 事業所番号: 番号の形ではありません。",
        "第3表 週間サービス 1行目 曜日: 曜日を選んでください。",
        "第3表 週間サービス 1行目 開始時刻: 番号の形ではありません。",
        "総合的な援助の方針: 個人番号(マイナンバー)と思われる12けたの数字があります。",
        "生活援助中心型のその他の理由: 「その他」の理由を書いてください。",
    ):
        assert sentence in hand.page
    assert hand.typed["services-0-provider_number"] == ["12345"]
    assert hand.typed["first_made_on_month"] == ["13"]
    assert 'href="#id_week-0-weekdays_0"' in hand.page
    assert hand.versions() == []


def test_no_line_in_the_second_table(town):
    hand = filled(Hand(town), services__0__gone="on", services__1__content="").press("confirm")
    assert hand.response.status_code == 422
    assert "第2表に、1行は書いてください。" in hand.page


def test_days_that_cannot_be_are_told(town):
    hand = filled(Hand(town), first_made_on=days(-1)).press("confirm")
    assert hand.response.status_code == 422
    assert "初回居宅サービス計画作成日が作成(変更)日より後です。" in hand.page


def test_back_from_looking_through_everything_is_there(town):
    hand = filled(Hand(town), policy="\r\n一行目\r\n  二行目\r\n")
    before = {name: value for name, value in hand.typed.items() if value != [""]}
    hand.press("confirm").press("back")
    now = {name: value for name, value in hand.typed.items() if value != [""]}
    assert {name: [_lines(one) for one in value] for name, value in now.items()} == {
        name: [_lines(one) for one in value] for name, value in before.items()
    }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def test_a_slip_of_the_year_is_told(town):
    hand = filled(Hand(town), made_on=days(400)).press("confirm")
    assert "1年より先の日になっています。" in hand.page


def test_the_same_day_twice_is_refused_and_nothing_is_lost(town):
    stored(town)
    hand = filled(Hand(town), policy="べつの方針").press("confirm").press("store")
    assert hand.response.status_code == 409
    assert "もう登録されています" in hand.page
    assert hand.typed["policy"] == ["べつの方針"]
    assert len(hand.versions()) == 1


def test_pressing_twice_stores_once(town):
    hand = filled(Hand(town)).press("confirm")
    typed = dict(hand.typed)
    hand.press("store")
    hand.typed = typed
    hand.press("store")
    assert hand.response.status_code == 302
    assert len(hand.versions()) == 1


class TestCorrecting:
    def test_with_a_reason_it_is_the_next_version(self, town):
        stored(town)
        hand = Hand(town).open(f"{NUMBER}/correct/").type(policy="手すりを付けます。")
        hand.press("confirm")
        assert "直す理由: 入力してください。" in hand.page
        hand.type(reason="書き落とし").press("confirm")
        assert "総合的な援助の方針" in hand.page.split("kb-notice--plain")[1].split("</div>")[0]
        hand.press("store")
        first, second = hand.versions()
        assert (first["in_force"], second["in_force"], second["reason"]) == (False, True, "書き落とし")
        assert second["content"] == {**first["content"], "policy": "手すりを付けます。"}

    def test_looked_at_and_stored_it_is_no_version(self, town):
        """Also of a plan that came by file, with fields the form does not show and line ends a browser changes."""
        content = {
            "made_on": MADE.isoformat(),
            "first_made_on": days(-400).isoformat(),
            "author": "試験 計画",
            "office_number": town.office.number,
            "office_name": "昔の名前",
            "intention": "一行目\n二行目 ",
            "services": [
                {"need": "歩きたい\r\n一人で", "no": "1-1-1"},
                {"content": "訓練", "no": "1-1-2"},
                {"content": "体操", "no": "1-1-5"},
            ],
            "week": [
                {"weekday": "1", "starts_at": "0900", "content": "訪問介護"},
                {"weekday": "3", "starts_at": "0900", "content": "訪問介護"},
            ],
            "agreed_on": MADE.isoformat(),
            "user_address1": "試験町1-1",
            "limit_units": 27048,
            "updater": town.office.number,
        }
        entry = f"{town.office.number}/{MADE.isoformat()}"
        town.world.record(town.person, "careplan.plan", content, entry=entry, valid_from=MADE, history_no=4)
        hand = Hand(town).open(f"{NUMBER}/correct/").type(reason="見ただけ").press("confirm")
        assert "ありません。登録しても、新しい版にはなりません。" in hand.page
        hand.press("store")
        assert hand.response.status_code == 302
        assert [canonical(one["content"]) for one in hand.versions()] == [canonical(content)]
        hand.open(f"{NUMBER}/correct/").type(reason="1行足す", services__2__frequency="毎日")
        hand.press("add", "services").type(services__3__content="見守り").press("confirm").press("store")
        assert hand.content["limit_units"] == 27048
        assert [row.get("no") for row in hand.content["services"]] == [None] * 4

    def test_somebody_else_was_quicker(self, town):
        stored(town)
        mine = Hand(town).open(f"{NUMBER}/correct/").type(policy="わたしの方針", reason="方針").press("confirm")
        Hand(town, town.administrator).open(f"{NUMBER}/correct/").type(author="試験 管理者", reason="担当変更").press(
            "confirm"
        ).press("store")
        mine.press("store")
        assert mine.response.status_code == 409
        assert "開いたあとにほかの人が直しました" in mine.page
        assert "試験 管理者、理由: 担当変更" in mine.page
        assert "居宅サービス計画作成者氏名、総合的な援助の方針" in mine.page
        assert mine.typed["policy"] == ["わたしの方針"]
        mine.press("confirm").press("store")
        assert [one["reason"] for one in mine.versions()] == ["", "担当変更", "方針"]


class TestKeptWhileTyping:
    def test_a_locked_screen_loses_nothing(self, town):
        hand = filled(Hand(town), policy="途中まで")
        hand.press("keep", "auto")
        assert hand.response.status_code == 204
        again = Hand(town)
        assert "新しい計画書を打っている途中です" in again.open("own/").page
        assert "途中まで打った内容を戻しました" in again.open("new/").page
        assert again.typed["policy"] == ["途中まで"]
        assert again.typed["week-0-weekdays"] == ["1", "4"]
        again.press("confirm").press("store")
        assert "途中です" not in again.open("own/").page
        assert "戻しました" not in again.open("new/").page
        assert again.typed["policy"] == [""]

    def test_by_the_button_and_by_looking_through(self, town):
        hand = stored(town)
        hand.open(f"{NUMBER}/correct/").type(policy="途中").press("keep")
        assert hand.response.status_code == 302
        assert "の計画書を直している途中です" in hand.open("own/").page
        hand.open(f"{NUMBER}/correct/")
        assert hand.typed["policy"] == ["途中"]
        hand.type(policy="もう少し", reason="方針").press("confirm")
        hand.open(f"{NUMBER}/correct/")
        assert (hand.typed["policy"], hand.typed["reason"]) == (["もう少し"], ["方針"])
        hand.press("discard")
        assert hand.open(f"{NUMBER}/correct/").typed["policy"] == ["転ばないように見守ります。"]

    def test_the_plan_was_withdrawn_meanwhile(self, town):
        stored(town)
        hand = Hand(town).open(f"{NUMBER}/correct/").type(policy="わたしの方針", reason="方針")
        Hand(town, town.administrator).open(f"{NUMBER}/withdraw/").type(reason="まちがい").press("go")
        hand.press("confirm")
        assert hand.response.status_code == 302
        assert "ほかの人が取り下げました" in hand.open("own/").page
        assert hand.open("new/").typed["policy"] == ["わたしの方針"]

    def test_what_no_keyboard_makes_breaks_nothing(self, town):
        hand = filled(Hand(town), policy="a\0b").press("keep", "auto")
        assert hand.response.status_code == 204
        hand.press("confirm")
        assert hand.response.status_code == 422

    def test_too_much_to_keep_stays_on_the_page(self, town):
        hand = filled(Hand(town), policy="大" * 400_000).press("keep")
        assert hand.response.status_code == 409
        assert "途中の内容を保存できませんでした" in hand.page
        assert len(hand.typed["policy"][0]) == 400_000

    def test_nobody_else_sees_it(self, town):
        filled(Hand(town)).press("keep")
        colleague = Hand(town, town.administrator)
        assert "途中です" not in colleague.open("own/").page
        assert "戻しました" not in colleague.open("new/").page
        assert Hand(town, town.counselor).open("own/").response.status_code == 404

    def test_what_nobody_came_back_to_is_gone_after_two_weeks(self, town):
        hand = filled(Hand(town)).press("keep")
        town.world.run(
            "UPDATE care.plan_draft SET saved_at = saved_at - interval '15 days' WHERE insured_key = %s",
            town.person.key,
        )
        Hand(town, town.administrator).open("new/").press("keep")
        assert "途中です" not in hand.open("own/").page


def test_from_the_plan_before(town):
    stored(town)
    town.world.run(
        """UPDATE care.record SET content = content || '{"user_address1": "試験町1-1"}'
            WHERE insured_key = %s AND item = 'careplan.plan'""",
        town.person.key,
    )
    hand = Hand(town).open("new/?copy=1")
    assert hand.typed["policy"] == ["転ばないように見守ります。"]
    assert hand.typed["services-0-need"] == ["歩きたい"]
    assert hand.typed["week-0-weekdays"] == ["1", "4"]
    hand.press("keep").open("new/").press("confirm").press("store")
    newest = max((one["content"] for one in hand.versions()), key=lambda content: content["made_on"])
    assert newest["made_on"] == days(0).isoformat()
    assert newest["first_made_on"] == days(-400).isoformat()
    assert newest["user_address1"] == "試験町1-1"


def test_agreed_to_then_delivered_then_taken_back(town):
    hand = stored(town)
    assert hand.open(f"{NUMBER}/deliver/").response.status_code == 302
    hand.open(f"{NUMBER}/agree/").type(on=days(2)).press("go")
    assert "これからの日か、同意した日より前の日になっています。" in hand.page
    hand.type(on=days(-1), who="family").press("go")
    assert hand.response.status_code == 302
    hand.open(f"{NUMBER}/deliver/")
    assert hand.typed["who"] == ["試験デイ"]
    hand.press("go")
    assert (hand.content["agreed_on"], hand.content["agreed_by"]) == (days(-1).isoformat(), "family")
    assert (hand.content["delivered_on"], hand.content["delivered_to"]) == (days(0).isoformat(), "試験デイ")
    assert [one["reason"] for one in hand.versions()] == ["", "同意・確認用登録", "交付用登録"]
    shown = hand.client.get(f"/people/{opaque.encode(town.person.key)}/records/careplan/").content.decode()
    assert "試験デイ" in shown
    assert "家族" in shown
    hand.open(f"{NUMBER}/correct/").type(reason="誤字", policy="ほかの方針").press("confirm")
    assert "同意の登録は、そのまま残ります" in hand.page
    hand.press("discard")
    hand.open(f"{NUMBER}/withdraw/").press("go")
    assert "取り下げる理由: 入力してください。" in hand.page
    hand.type(reason="日を間違えた").press("go")
    assert not any(one["in_force"] for one in hand.versions())
    assert "まだ登録がありません。" in hand.open("own/").page
    assert hand.open(f"{NUMBER}/correct/").response.status_code == 404


@pytest.mark.parametrize("who", ["elsewhere", "counselor", "officer", "physician"])
def test_for_everybody_else_there_is_no_such_page(town, who):
    stored(town)
    hand = Hand(town, getattr(town, who))
    for rest in ("own/", "new/", *(f"{NUMBER}/{act}/" for act in ("correct", "agree", "deliver", "withdraw", "files"))):
        assert hand.open(rest).response.status_code == 404
        if rest != "own/":
            hand.typed = {"reason": ["x"], "who": ["self"], "base": ["1.1"]}
            hand.type(on=days(0))
            assert hand.press("store").response.status_code == 404
    assert len(hand.versions()) == 1
