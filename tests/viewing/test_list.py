"""利用者: the list remembers how it was left, filters, shows one's own, and goes along as a file."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cast import Cast, browser
from tests.pages import page, text
from tests.world import days

pytestmark = pytest.mark.database


def printed(person) -> str:
    return person.name.replace(" ", "\u00a0")


def test_a_search_is_found_again_by_going_back(town: Cast):
    client = browser(town.manager)
    answer = client.post("/people/", {"q": "花子", "sort": "kana"})
    assert (answer.status_code, answer.url) == (302, "/people/")
    client.get(page(town.person))
    again = text(client.get("/people/"))
    assert printed(town.person) in again
    assert printed(town.without_consent) not in again
    assert 'value="花子"' in again
    assert '<option value="kana" selected>' in again
    everybody = text(client.get("/people/?lacks=", follow=True))
    assert printed(town.without_consent) in everybody
    assert 'value="花子"' not in everybody


def test_it_ends_with_the_session_and_is_nobody_elses(town: Cast):
    browser(town.manager).post("/people/", {"q": "花子"})
    assert printed(town.without_consent) in text(browser(town.administrator).get("/people/"))


def test_a_name_that_was_searched_for_stands_in_no_table(town: Cast):
    client = browser(town.manager)
    client.post("/people/", {"q": "花子"})
    stored = town.world.one(
        """SELECT m.data FROM staff_sessionmemory AS m JOIN staff_session AS s ON s.session_key = m.session_id
            WHERE s.account_id = %s""",
        town.manager.account_id,
    )
    assert "花子" not in stored
    assert "5b50" not in stored.lower()


def test_the_page_is_remembered_too_and_one_that_is_gone_is_the_last(town: Cast):
    for number in range(60):
        town.world.in_charge(town.world.person(town.insurer, f"試験 人{number:02}"), town.office)
    client = browser(town.manager)
    client.post("/people/", {"page": "2", "sort": "kana"})
    assert "2 / 2 ページ" in text(client.get("/people/"))
    client.post("/people/", {"page": "9", "sort": "kana"})
    assert "2 / 2 ページ" in text(client.get("/people/"))


def test_a_line_of_today_opens_those_it_speaks_of(town: Cast):
    for number in range(3):
        town.world.in_charge(town.world.person(town.insurer, f"試験 人{number}"), town.office)
    client = browser(town.manager)
    today = text(client.get("/"))
    assert "ほか1名" in today
    assert 'href="/people/?lacks=waiting"' in today
    shown = text(client.get("/people/?lacks=waiting", follow=True))
    assert printed(town.without_consent) in shown
    assert printed(town.person) not in shown
    assert "同意待ち 4" in shown
    assert "すべて 6" in shown
    assert printed(town.person) not in text(client.get("/people/"))  # still filtered


def test_today_counts_everybody_and_not_a_first_page(town: Cast):
    for number in range(205):
        town.world.in_charge(town.world.person(town.insurer, f"試験 人{number:03}"), town.office)
    client = browser(town.manager)
    shown = text(client.get("/"))
    assert "同意待ち 206名" in shown
    assert "208名のうち" in shown
    (row,) = town.world.log(account_id=town.manager.account_id)
    assert len(row["persons"]) < 40  # named is whom the page names


def test_own_persons_on_today_and_in_the_list(town: Cast):
    client = browser(town.manager)
    entrusted = {"employment": town.manager.employment_id}
    assert client.post(page(town.person, "assignment/responsible/"), entrusted).status_code == 302
    assert client.post("/people/whose/", {"whose": "own", "back": "today"}).url == "/"
    for address in ("/", "/people/"):
        shown = text(client.get(address))
        assert printed(town.person) in shown
        assert printed(town.without_consent) not in shown
    assert "同意待ち" not in text(client.get("/"))
    assert printed(town.without_consent) in text(client.post("/people/", {"q": "次郎"}, follow=True))
    again = browser(town.manager)  # another session of the same person begins so too
    assert printed(town.without_consent) not in text(again.get("/"))
    assert client.post("/people/whose/", {"whose": "all"}).url == "/people/"
    assert printed(town.without_consent) in text(client.get("/people/"))


def test_a_successor_takes_over_all_of_somebody(town: Cast):
    client = browser(town.administrator)
    for person in (town.person, town.without_consent):
        client.post(page(person, "assignment/responsible/"), {"employment": town.manager.employment_id})
    shown = text(client.get(f"/people/responsible/?of={town.manager.account_id}"))
    assert printed(town.person) in shown
    assert printed(town.not_started) not in shown
    tokens = [page(person).split("/")[-2] for person in (town.person, town.without_consent)]
    answer = client.post(
        "/people/responsible/", {"person": tokens, "employment": town.administrator.employment_id}, follow=True
    )
    assert "2名の担当ケアマネを試験 管理者さんにしました" in text(answer)
    assert "あてはまる方はいません" in text(client.get(f"/people/responsible/?of={town.manager.account_id}"))


def test_the_persons_of_somebody_who_left_are_found(town: Cast):
    browser(town.administrator).post(
        page(town.person, "assignment/responsible/"), {"employment": town.manager.employment_id}
    )
    town.world.run("UPDATE staff_employment SET ends_on = %s WHERE id = %s", days(0), town.manager.employment_id)
    shown = text(browser(town.administrator).get("/people/responsible/"))
    assert f"{town.manager.name}(退職・異動)" in shown
    left = text(browser(town.administrator).get(f"/people/responsible/?of={town.manager.account_id}"))
    assert printed(town.person) in left
    assert printed(town.without_consent) not in left


def test_a_file_of_what_is_shown(town: Cast):
    town.world.run("UPDATE care.person SET name = '=HYPERLINK(1)' WHERE insured_key = %s", town.person.key)
    town.world.run("UPDATE care.person SET name = '＝1+1' WHERE insured_key = %s", town.not_started.key)
    client = browser(town.manager)
    answer = client.post("/people/file/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"{days(0):%Y%m%d}.csv" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "氏名"
    assert {row[0] for row in rows[1:]} == {"'=HYPERLINK(1)", town.without_consent.name, "'＝1+1"}
    (log,) = town.world.log(account_id=town.manager.account_id)
    assert (log["action"], len(log["persons"])) == ("people:export", 3)
    client.get("/people/?lacks=waiting")
    assert len(client.post("/people/file/").content.decode().splitlines()) == 2


def test_the_next_act_stands_beside_the_heading(town: Cast):
    client = browser(town.manager)
    shown = text(client.get("/people/"))
    assert shown.index("担当として登録する") < shown.index("<table")
    person = text(client.get(page(town.person)))
    for act in ("同意", "担当", "印刷"):
        assert person.index(f">{act}</") < person.index('class="kb-tabs"')
    assert person.index("さがした結果・一覧に戻る") < person.index('class="kb-tabs"')
