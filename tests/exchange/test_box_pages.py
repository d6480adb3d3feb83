"""受信, 送信, 送る前の確認 and one unit, through the front door, for both sides."""

from __future__ import annotations

import html
import io
import zipfile
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kiban.exchange.boxes import acts as boxes
from kiban.formats.careplan.layouts import samples
from tests.cast import browser
from tests.exchange.town import Town, unit_of
from tests.world import World, days

pytestmark = pytest.mark.database
INBOX, OUTBOX, SEND, DRAFTS = "/exchange/in/", "/exchange/out/", "/exchange/send/", "/exchange/send/drafts/"


class Desks(Town):
    """The town with somebody at a browser in each office."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.sender = browser(world.actor(self.planning, name="試験 送る子"))
        self.receiver = browser(world.actor(self.providing, "care_worker"))
        self.elsewhere = browser(world.actor(world.organisation("11"), "care_worker"))


@pytest.fixture
def desks(world: World) -> Desks:
    return Desks(world)


def text(response) -> str:
    return html.unescape(response.content.decode())


def drop(client: Client, *contents: dict[str, bytes]):
    files = [SimpleUploadedFile(name, content) for one in contents for name, content in one.items()]
    return client.post(SEND, {"files": files})


def page(number: int, rest: str = "") -> str:
    return f"/exchange/units/{number}/{rest}"


def names_of(unit) -> list[str]:
    return [name for name in unit.people.values() if name]


def zipped(files: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return into.getvalue()


def test_files_are_dropped_looked_at_and_sent(desks):
    unit = unit_of("schedule", desks.scene())
    assert drop(desks.sender, unit.files)["Location"] == DRAFTS
    shown = text(desks.sender.get(DRAFTS))
    assert desks.providing.name in shown
    assert desks.providing.number in shown
    assert "訪問介護" in shown
    assert all(name in shown for name in names_of(unit))
    assert boxes.box(desks.provider, "in")[0] == []  # nothing goes by being chosen
    (draft,) = boxes.drafts(desks.planner)
    answer = desks.sender.post(DRAFTS, {"unit": [draft["id"]]})
    assert "送ったもの 1件" in text(answer)
    (sent,) = boxes.box(desks.provider, "in")[0]
    assert (sent["id"], sent["state"]) == (draft["id"], "unread")
    again = text(desks.sender.post(DRAFTS, {"unit": [draft["id"]]}))  # the page is loaded once more
    assert "送ったもの 1件" in again
    assert len(boxes.box(desks.provider, "in")[0]) == 1


def test_units_of_several_recipients_at_once_and_in_a_zip(desks, world):
    second = world.organisation("15")
    here = unit_of("schedule", desks.scene())
    there = unit_of("schedule", replace(desks.scene(), service_office=second.number, service="15"))
    answer = desks.sender.post(
        SEND,
        {
            "files": [
                SimpleUploadedFile("8月分.ZIP", zipped({f"あ/{n}": c for n, c in here.files.items()})),
                *[SimpleUploadedFile(n, c) for n, c in there.files.items()],
            ]
        },
    )
    assert answer["Location"] == DRAFTS
    shown = text(desks.sender.get(DRAFTS))
    assert second.name in shown and desks.providing.name in shown
    (first, other) = boxes.drafts(desks.planner)
    assert "送ったもの 1件" in text(desks.sender.post(DRAFTS, {"unit": [other["id"]]}))
    assert [one["id"] for one in boxes.drafts(desks.planner)] == [first["id"]]  # only what was chosen goes


def test_a_user_who_is_not_the_receivers_is_named_and_the_unit_stays(desks):
    unit = unit_of("plan", desks.scene(), change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]})
    drop(desks.sender, unit.files)
    shown = text(desks.sender.get(DRAFTS))
    assert "この事業所の利用者だと確かめられない方がいます" in shown
    assert all(name in shown for name in names_of(unit))
    assert 'type="checkbox"' not in shown
    (draft,) = boxes.drafts(desks.planner)
    answer = text(desks.sender.post(DRAFTS, {"unit": [draft["id"]]}))  # forced all the same
    assert "送れなかったもの 1件" in answer
    assert boxes.box(desks.provider, "in")[0] == []


def test_users_of_actuals_are_named_from_the_schedule_that_was_read(desks):
    scene = desks.scene()
    plan = unit_of("schedule", scene)
    first = desks.send(desks.planner, plan)
    drop(desks.receiver, unit_of("actual", scene).files)
    shown = text(desks.receiver.get(DRAFTS))
    assert not [name for name in names_of(plan) if name in shown]  # not read yet, and not opened for this
    assert "被保険者番号 …" in shown
    assert boxes.unit(desks.planner, first)[0]["state"] == "unread"
    desks.receiver.get(page(first))
    shown = text(desks.receiver.get(DRAFTS))
    assert all(name in shown for name in names_of(plan))
    (draft,) = boxes.drafts(desks.provider)
    desks.receiver.post(DRAFTS, {"unit": [draft["id"]]})
    assert all(name in text(desks.sender.get(page(draft["id"]))) for name in names_of(plan))


def test_a_deletion_of_what_was_never_sent_says_so(desks):
    drop(desks.sender, unit_of("schedule_delete", desks.scene()).files)
    assert "削除するもとのデータを、この事業所に送っていません" in text(desks.sender.get(DRAFTS))


def test_what_the_check_refuses_is_not_kept(desks):
    files = samples.unit("schedule", desks.scene())
    name = next(iter(files))
    answer = drop(desks.sender, {**files, name: files[name].replace(b"202407", b"202499", 1)})
    assert answer.status_code == 422
    shown = text(answer)
    assert f"{desks.providing.name}({desks.providing.number})あて" in shown
    assert "1行目" in shown
    assert boxes.drafts(desks.planner) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("not_here", "受ける事業所は、ここに登録されていません"),
        ("closed", "受ける事業所は、利用を終えています"),
        ("not_own", "この事業所の番号ではありません"),
        ("memo", "どこへ何を送るのかがわからない"),
    ],
)
def test_why_a_unit_is_not_kept(desks, world, change, words):
    scene, sender = desks.scene(), desks.sender
    if change == "not_here":
        scene = replace(scene, service_office="1399999990")
    elif change == "closed":
        world.run("UPDATE registry_organisation SET ended_on = %s WHERE id = %s", days(0), desks.providing.id)
    elif change == "not_own":
        sender = desks.elsewhere
    files = {"メモ.txt": "こんにちは".encode()} if change == "memo" else samples.unit("schedule", scene)
    answer = drop(sender, files)
    assert answer.status_code == 422
    assert words in text(answer)


def test_the_good_units_are_kept_beside_a_bad_one(desks):
    bad = samples.unit("plan", desks.scene())
    name = next(iter(bad))
    bad[name] = bad[name].replace(b"202407", b"202499", 1)
    answer = drop(desks.sender, unit_of("schedule", desks.scene()).files, bad)
    assert "1件を「送る前の確認」に置きました" in text(answer)
    assert len(boxes.drafts(desks.planner)) == 1


def test_the_same_files_again_are_told_to_have_gone(desks):
    unit = unit_of("schedule", desks.scene())
    desks.send(desks.planner, unit)
    assert "1件は、前に送ったものと同じです" in text(drop(desks.sender, unit.files))


def test_a_draft_is_thrown_away(desks):
    drop(desks.sender, unit_of("schedule", desks.scene()).files)
    (draft,) = boxes.drafts(desks.planner)
    address = f"{DRAFTS}{draft['id']}/throw-away/"
    assert desks.elsewhere.post(address).status_code == 302
    assert len(boxes.drafts(desks.planner)) == 1
    assert "送っていません" in text(desks.sender.post(address, follow=True))
    assert boxes.drafts(desks.planner) == []


def test_a_sent_unit_cannot_be_thrown_away_as_a_draft(desks):
    number = desks.send(desks.planner, unit_of("schedule", desks.scene()))
    desks.sender.post(f"{DRAFTS}{number}/throw-away/")
    assert boxes.unit(desks.planner, number)[0]["state"] == "unread"


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
    assert {one["state"] for one in boxes.box(desks.provider, "in")[0]} == {"opened"}


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
    assert [boxes.unit(desks.planner, one)[0]["state"] for one in (seen, unseen)] == ["taken", "unread"]
    assert desks.elsewhere.post(f"{INBOX}taken/", {"unit": [unseen]}).status_code == 302
    assert boxes.unit(desks.planner, unseen)[0]["state"] == "unread"


def test_the_last_look_says_what_will_be_replaced(desks):
    scene = desks.scene()
    desks.send(desks.planner, unit_of("schedule", scene))
    drop(desks.sender, unit_of("schedule", desks.later(scene, seed=7)).files)
    assert "同じ利用者について置き換えます" in text(desks.sender.get(DRAFTS))
    drop(desks.sender, unit_of("schedule_delete", desks.later(scene)).files)
    assert "に送った利用票(第6・7表)を取り消します" in text(desks.sender.get(DRAFTS))


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


def test_a_draft_is_seen_by_nobody_else(desks):
    _, number = boxes.stage(desks.planner, unit_of("schedule", desks.scene()))
    assert desks.receiver.get(page(number)).status_code == 404
    assert desks.sender.get(page(number))["Location"] == DRAFTS


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


def test_a_foreign_page_cannot_send(desks, world):
    strict = browser(world.actor(desks.planning), enforce_csrf_checks=True)
    _, number = boxes.stage(desks.planner, unit_of("schedule", desks.scene()))
    assert strict.post(DRAFTS, {"unit": [number]}).status_code == 403
    assert boxes.unit(desks.planner, number)[0]["state"] == "draft"


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


def test_files_of_prevention_go_when_somebody_has_looked(desks):
    drop(desks.sender, samples.unit("basic", desks.scene()))
    shown = text(desks.sender.get(DRAFTS))
    assert "人が確かめます" in shown and 'name="unit"' not in shown
    (draft,) = boxes.drafts(desks.planner)
    address = f"{DRAFTS}{draft['id']}/vouch/"
    assert "見つかりません" in text(desks.receiver.post(address, follow=True))  # somebody else's draft
    told = text(desks.sender.post(address, follow=True))
    assert "確かめたことを記録しました" in told and 'name="unit"' in told
    assert "送りました" in text(desks.sender.post(DRAFTS, {"unit": draft["id"]}))
    assert [one["record"] for one in boxes.box(desks.provider, "in")[0]] == ["basic"]


def test_a_plan_cannot_be_vouched_for(desks):
    unit = unit_of("plan", desks.scene(), change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]})
    drop(desks.sender, unit.files)
    assert "人が確かめます" not in text(desks.sender.get(DRAFTS))
    (draft,) = boxes.drafts(desks.planner)
    assert "確かめたことにして送れるものではありません" in text(
        desks.sender.post(f"{DRAFTS}{draft['id']}/vouch/", follow=True)
    )
