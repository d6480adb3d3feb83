"""登録のまちがい of a consent and of a paper: asked with a reason, shown as a correction and not as a withdrawal."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import Cast, browser
from tests.consent.papers import png
from tests.consent.typed import consent_page, said
from tests.pages import text

NBSP = "\u00a0"
WHY = "同じ氏名の別の方に登録した"


def given(town: Cast) -> tuple[Client, str]:
    """A browser of the office that has just recorded a consent, and the person's page of consent."""
    client, page = browser(town.manager), consent_page(town.without_consent)
    assert client.post(f"{page}give/", said()).status_code == 302
    return client, page


def link(client: Client, page: str, words: str) -> str:
    """Where the link with these words leads."""
    shown = re.sub(r"\s+", " ", text(client.get(page)))
    return re.search(rf'href="([^"]+)"[^>]*> ?{words}', shown)[1]


def test_a_consent_is_taken_back_as_a_mistake(town: Cast):
    client, page = given(town)
    mistake = link(client, page, "登録のまちがい")
    assert "data-kb-errors" not in text(client.get(mistake))
    for reason, words in (("", "入力してください"), ("番号 123456789018", "マイナンバー")):
        answer = client.post(mistake, {"reason": reason})
        assert answer.status_code == 422 and words in text(answer) and "123456789018" not in text(answer)
    assert client.post(mistake, {"reason": WHY})["Location"] == page
    shown = text(client.get(page))
    assert "同意の記録はありません" in shown
    assert "同意(登録のまちがい)" in shown and WHY in shown and town.manager.name in shown
    assert "撤回</h3>" not in shown
    assert client.get(mistake).status_code == 404
    town_hall = text(browser(town.officer).get(page))
    assert WHY in town_hall and "撤回</h3>" not in town_hall


def test_a_wrong_paper_is_hidden(town: Cast):
    client, page = given(town)
    paper = SimpleUploadedFile("紙.png", png(), "image/png")
    assert client.post(link(client, page, "書面を付ける"), {"scan": paper}).status_code == 302
    shown = link(client, page, "書面1")
    assert client.get(shown).status_code == 200
    mistake = link(client, page, "付けまちがい")
    assert client.post(mistake, {"reason": "別の方の紙"})["Location"] == page
    assert client.get(shown).status_code == 404
    after = text(client.get(page))
    assert "付けまちがいとして隠しました" in after and "別の方の紙" in after
    town_hall = browser(town.officer)
    assert "付けまちがいとして隠した書面" in text(town_hall.get(page))  # the municipality is told
    assert "付けまちがいとして隠した書面があります(1件)" in text(town_hall.get("/"))
    listed = text(town_hall.get(link(town_hall, "/", "確かめる")))
    assert town.without_consent.name.replace(" ", NBSP) in listed and "別の方の紙" in listed
    assert town.office.name in listed
    (row,) = town.world.log(account_id=town.officer.account_id, action="scan:hidden")
    assert row["persons"] == [town.without_consent.key]
    assert "付けまちがい" not in text(client.get("/"))


def test_another_municipality_is_told_nothing(town: Cast):
    client, page = given(town)
    paper = SimpleUploadedFile("紙.png", png(), "image/png")
    client.post(link(client, page, "書面を付ける"), {"scan": paper})
    client.post(link(client, page, "付けまちがい"), {"reason": "別の方の紙"})
    world = town.world
    city = world.organisation(kind="municipality", number=world.insurer())
    elsewhere = browser(world.actor(city, "municipal_officer"))
    assert "付けまちがい" not in text(elsewhere.get("/"))
    assert "別の方の紙" not in text(elsewhere.get("/consent/hidden-papers/"))


def test_a_withdrawal_taken_back_stays_to_be_seen(town: Cast):
    client, page = given(town)
    assert client.post(f"{page}withdraw/", said()).status_code == 302
    mistake = re.search(r'href="([^"]+/consent/withdrawal/\d+/mistake/)"', text(client.get(page)))[1]
    assert client.post(mistake, {"reason": WHY})["Location"] == page
    shown = text(client.get(page))
    assert "同意しています" in shown and "撤回(登録のまちがい)" in shown
    assert client.get(mistake).status_code == 404


def test_another_office_takes_nothing_back(town: Cast):
    client, page = given(town)
    mistake = link(client, page, "登録のまちがい")
    assert browser(town.counselor).get(mistake).status_code == 404
    assert browser(town.officer).post(mistake, {"reason": WHY}).status_code == 404
