"""受信, 送信 and one unit through the front door, for both sides."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kiban.exchange.boxes import acts as boxes
from kiban.formats.careplan.layouts import samples
from tests.cast import browser
from tests.exchange.desks import DRAFTS, INBOX, OUTBOX, SEND, names_of, page, text, zipped
from tests.exchange.town import unit_of
from tests.world import days

pytestmark = pytest.mark.database


def test_the_inbox_shows_the_unread_first_in_order_and_can_be_narrowed(desks):
    scene = desks.scene()
    first = desks.send(desks.planner, unit_of("schedule", scene))
    second = desks.send(desks.planner, unit_of("schedule", desks.later(scene, seed=3)))
    desks.receiver.get(page(first))
    shown = text(desks.receiver.get(INBOX))
    assert "まだ開いていないものが<b>1件" in shown
    assert shown.index(page(second)) < shown.index(page(first))  # unread before opened
    only = text(desks.receiver.get(INBOX, {"state": "opened"}))
    assert page(first) in only and page(second) not in only
    none = text(desks.receiver.get(INBOX, {"month": "200001"}))
    assert "この月・状態のものはありません" in none
    assert not [name for name in names_of(unit_of("schedule", scene)) if name in shown]  # a list names nobody


def test_looking_at_a_unit_is_receiving_it(desks):
    unit = unit_of("schedule", desks.scene())
    number = desks.send(desks.planner, unit)
    desks.sender.get(page(number))  # the sender's own look is none
    assert boxes.unit(desks.planner, number)[0]["state"] == "unread"
    shown = text(desks.receiver.get(page(number)))
    assert "受け取り済" in shown
    assert all(name in shown for name in names_of(unit))
    assert all(name in shown for name in unit.files)
    assert "全員分が、いま有効です" in shown
    assert boxes.unit(desks.planner, number)[0]["state"] == "opened"


def test_downloads_are_the_bytes_that_were_sent(desks):
    unit = unit_of("schedule", desks.scene())
    number = desks.send(desks.planner, unit)
    for place, name in enumerate(sorted(unit.files), 1):
        answer = desks.receiver.get(page(number, f"files/{place}/"))
        assert answer.content == unit.files[name]
        assert name in answer["Content-Disposition"]
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Cache-Control"] == "no-store"
    assert desks.receiver.get(page(number, "files/99/")).status_code == 404
    for answer in (
        desks.receiver.get(page(number, "zip/")),
        desks.receiver.post(f"{INBOX}fetch/", {"unit": [number]}),
    ):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            assert {name: packed.read(name) for name in packed.namelist()} == unit.files


def test_several_units_in_one_zip(desks):
    scene = desks.scene()
    units = [unit_of("schedule", scene), unit_of("schedule", desks.later(scene))]
    numbers = [desks.send(desks.planner, unit) for unit in units]
    answer = desks.receiver.post(f"{INBOX}fetch/", {"unit": numbers})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert set(packed.namelist()) == {name for unit in units for name in unit.files}
    assert {unit["state"] for unit in boxes.box(desks.provider, "in")[0]} == {"opened"}


def test_taken_in_is_told_to_the_sender(desks):
    number = desks.send(desks.planner, unit_of("schedule", desks.scene()))
    desks.receiver.get(page(number))
    assert "「取り込みました」と伝えました" in text(desks.receiver.post(page(number, "taken/"), follow=True))
    assert "取込済" in text(desks.sender.get(OUTBOX))
    shown = text(desks.sender.post(page(number, "withdraw/"), follow=True))
    assert "取り消せません" in shown
    assert boxes.unit(desks.planner, number)[0]["state"] == "taken"


def test_several_units_are_taken_in_at_once_but_none_unread(desks):
    scene = desks.scene()
    seen, unseen = (desks.send(desks.planner, unit_of("schedule", desks.later(scene))) for _ in range(2))
    desks.receiver.get(page(seen))
    shown = text(desks.receiver.post(f"{INBOX}taken/", {"unit": [seen, unseen, "x"]}, follow=True))
    assert "1件について、送った事業所に「取り込みました」と伝えました" in shown
    assert "1件は伝えていません。まだ開いていません" in shown
    assert [boxes.unit(desks.planner, number)[0]["state"] for number in (seen, unseen)] == ["taken", "unread"]
    assert desks.elsewhere.post(f"{INBOX}taken/", {"unit": [unseen]}).status_code == 302
    assert boxes.unit(desks.planner, unseen)[0]["state"] == "unread"


def test_an_error_is_prepared_from_the_check_told_and_read_by_the_sender(desks):
    # An odd value the check only warns of: it goes, and the receiver's software may refuse it.
    unit = unit_of("schedule", desks.scene())
    number = desks.send(desks.planner, unit)
    prepared = text(desks.receiver.get(page(number, "error/")))
    assert "送った側に知らせる" in prepared
    answer = desks.receiver.post(page(number, "error/"), {"words": " "})
    assert answer.status_code == 422
    desks.receiver.post(page(number, "error/"), {"words": "3行目 試験の方の回数\n\n4行目 コード"})
    assert "エラー" in text(desks.sender.get(OUTBOX))
    shown = text(desks.sender.get(page(number)))
    assert "3行目 試験の方の回数" in shown and "4行目 コード" in shown
    desks.receiver.post(page(number, "taken/"))  # it worked after all
    assert "取込済" in text(desks.sender.get(OUTBOX))


def test_a_withdrawn_unit_is_gone_for_the_receiver(desks):
    number = desks.send(desks.planner, unit_of("schedule", desks.scene()))
    assert "受け取れなくなります" in text(desks.sender.get(page(number, "withdraw/")))
    assert boxes.unit(desks.planner, number)[0]["state"] == "unread"  # asking is not doing
    assert "取り消しました" in text(desks.sender.post(page(number, "withdraw/"), follow=True))
    shown = desks.receiver.get(page(number))
    assert "取り消されました" in text(shown)
    assert "kb-names" not in text(shown)
    assert desks.receiver.get(page(number, "files/1/")).status_code == 404
    assert desks.receiver.get(page(number, "zip/")).status_code == 404
    assert desks.receiver.get(page(number, "error/")).status_code == 404
    assert desks.receiver.post(f"{INBOX}fetch/", {"unit": [number]}).status_code == 302


def test_what_replaces_what(desks):
    scene = desks.scene()
    old = desks.send(desks.planner, unit_of("schedule", scene))
    new = desks.send(desks.planner, unit_of("schedule", desks.later(scene, seed=5)))
    before, after = text(desks.receiver.get(page(old))), text(desks.receiver.get(page(new)))
    assert "これを置き換えたもの" in before and page(new) in before and "いまは有効ではありません" in before
    assert "これが置き換えるもの" in after and page(old) in after and "全員分が、いま有効です" in after


def test_what_is_others_is_not_there(desks):
    number = desks.send(desks.planner, unit_of("schedule", desks.scene()))
    for rest in ("", "zip/", "files/1/", "error/", "withdraw/"):
        assert desks.elsewhere.get(page(number, rest)).status_code == 404
    assert desks.elsewhere.post(page(number, "taken/")).status_code == 404
    assert desks.elsewhere.post(page(number, "withdraw/")).status_code == 404
    # Each side does only what is its own.
    assert desks.receiver.post(page(number, "withdraw/")).status_code == 404
    assert desks.sender.post(page(number, "taken/")).status_code == 404
    assert desks.sender.get(page(number, "error/")).status_code == 404
    assert boxes.unit(desks.planner, number)[0]["state"] == "unread"


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 40])
def test_numbers_longer_than_any_unit_has(desks, number):
    for rest in ("", "zip/", "files/1/", "error/", "withdraw/"):
        assert desks.receiver.get(f"/exchange/units/{number}/{rest}").status_code == 404
    for address in (f"{INBOX}fetch/", f"{INBOX}taken/", DRAFTS):
        assert desks.receiver.post(address, {"unit": [number, "１", "-1", "'"]}).status_code in (200, 302)


def test_a_name_that_no_header_can_hold_does_not_keep_a_file_from_its_reader(desks):
    files = samples.unit("actual", desks.scene())
    (name, content) = next(iter(files.items()))
    answer = desks.receiver.post(SEND, {"files": [SimpleUploadedFile("a.zip", zipped({f"{name}\n": content}))]})
    assert answer["Location"] == DRAFTS
    (draft,) = boxes.drafts(desks.provider)
    assert boxes.send(desks.provider, draft["id"]) == "ok"
    fetched = desks.sender.get(page(draft["id"], "files/1/"))
    assert fetched.content == content
    assert fetched["Content-Disposition"].startswith("attachment")


def test_only_offices_have_boxes(desks, world):
    city = browser(world.actor(world.organisation(kind="municipality", number=world.insurer()), "municipal_officer"))
    clinic = browser(world.actor(world.organisation(kind="medical"), "physician"))
    for client in (city, clinic):
        for address in (INBOX, OUTBOX, SEND, DRAFTS, "/exchange/months/"):
            assert client.get(address).status_code == 403
        assert "ケアプラン連携" not in text(client.get("/"))


def test_who_left_is_out(desks, world):
    leaver = browser(world.actor(desks.providing, "care_worker", employed=(days(-100), days(0))))
    number = desks.send(desks.planner, unit_of("schedule", desks.scene()))
    assert leaver.get(page(number, "files/1/")).status_code == 302
    assert boxes.unit(desks.planner, number)[0]["state"] == "unread"


def test_the_log_names_whose_plans_were_looked_at(desks, world):
    unit = unit_of("schedule", desks.scene())
    number = desks.send(desks.planner, unit)
    desks.receiver.get(INBOX)
    assert world.log(action="exchange:open", organisation_id=desks.providing.id) == []
    desks.receiver.get(page(number))
    (row,) = world.log(action="exchange:open", organisation_id=desks.providing.id)
    assert sorted(row["persons"]) == sorted(unit.people)


def test_the_place_at_the_left_is_the_inbox(desks):
    for address in (INBOX, SEND, "/exchange/", "/exchange/months/"):
        assert '<a href="/exchange/in/" aria-current="page">ケアプラン連携</a>' in text(desks.sender.get(address))


def test_a_units_page_goes_through_each_file_once(desks, counted):
    number = desks.send(desks.planner, unit_of("schedule", desks.scene()))
    for address in (page(number), page(number, "error/")):
        counted.begin()
        assert desks.receiver.get(address).status_code == 200
        assert (counted.checked, counted.read) == (3, 0)
