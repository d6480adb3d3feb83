"""送る and 送る前の確認 through the front door: what becomes a draft, what is looked at once more, what goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kiban.exchange.boxes import acts as boxes
from kiban.formats.careplan.layouts import samples
from tests.cast import browser
from tests.exchange.desks import DRAFTS, SEND, drop, names_of, page, text, zipped
from tests.exchange.town import unit_of
from tests.world import days

pytestmark = pytest.mark.database


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
    assert [unit["id"] for unit in boxes.drafts(desks.planner)] == [first["id"]]  # only what was chosen goes


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


def test_the_last_look_says_what_will_be_replaced(desks):
    scene = desks.scene()
    desks.send(desks.planner, unit_of("schedule", scene))
    drop(desks.sender, unit_of("schedule", desks.later(scene, seed=7)).files)
    assert "同じ利用者について置き換えます" in text(desks.sender.get(DRAFTS))
    drop(desks.sender, unit_of("schedule_delete", desks.later(scene)).files)
    assert "に送った利用票(第6・7表)を取り消します" in text(desks.sender.get(DRAFTS))


def test_a_draft_is_seen_by_nobody_else(desks):
    _, number = boxes.stage(desks.planner, unit_of("schedule", desks.scene()))
    assert desks.receiver.get(page(number)).status_code == 404
    assert desks.sender.get(page(number))["Location"] == DRAFTS


def test_a_foreign_page_cannot_send(desks, world):
    strict = browser(world.actor(desks.planning), enforce_csrf_checks=True)
    _, number = boxes.stage(desks.planner, unit_of("schedule", desks.scene()))
    assert strict.post(DRAFTS, {"unit": [number]}).status_code == 403
    assert boxes.unit(desks.planner, number)[0]["state"] == "draft"


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
    assert [unit["record"] for unit in boxes.box(desks.provider, "in")[0]] == ["basic"]


def test_a_plan_cannot_be_vouched_for(desks):
    unit = unit_of("plan", desks.scene(), change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]})
    drop(desks.sender, unit.files)
    assert "人が確かめます" not in text(desks.sender.get(DRAFTS))
    (draft,) = boxes.drafts(desks.planner)
    assert "確かめたことにして送れるものではありません" in text(
        desks.sender.post(f"{DRAFTS}{draft['id']}/vouch/", follow=True)
    )


def test_the_last_look_goes_through_each_file_once_and_asks_the_gate_once(desks, counted):
    scene = desks.scene()
    asked = []
    for number in (1, 2, 3):
        drop(desks.sender, unit_of("schedule", desks.later(scene)).files)
        files = sum(len(draft["files"]) for draft in boxes.drafts(desks.planner))
        assert files == 3 * number
        counted.begin()
        assert desks.sender.get(DRAFTS).status_code == 200
        assert (counted.checked, counted.read) == (files, 0)
        asked.append(counted.asked)
    assert len(set(asked)) == 1  # however many drafts there are


def test_what_is_refused_was_gone_through_once(desks, counted):
    files = samples.unit("schedule", desks.scene())
    name = next(iter(files))
    counted.begin()
    assert drop(desks.sender, {**files, name: files[name].replace(b"202407", b"202499", 1)}).status_code == 422
    assert (counted.checked, counted.read) == (3, 0)


def test_files_that_were_not_taken_are_counted_as_files(desks):
    """Three files of one unit: 3個, not 1件."""
    itself = {
        name.replace("_1370000028_", "_1370000010_"): content for name, content in samples.unit("schedule").items()
    }
    assert len(itself) == 3
    shown = text(drop(desks.sender, itself))
    assert "3個のファイルは置きませんでした" in shown and "送る事業所と受ける事業所が同じです" in shown
