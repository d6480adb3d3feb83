"""文例: ready sentences for the long fields, ours and the office's, put in by a button without a script."""

from __future__ import annotations

import re

import pytest

from kiban.plans import phrases
from kiban.plans.pages.phrase_pages import PhraseForm
from kiban.records import kinds
from tests import cast
from tests.cast import Cast
from tests.pages import text
from tests.plans.hand import Hand

pytestmark = pytest.mark.database
LIST, CHANGE = "/plan/phrases/", "/plan/phrases/change/"
OWN = "週に一度、家族と電話で話せる。"


def write(client, place: str, sentence: str, instead_of: str = ""):
    return client.post(LIST, {"place": place, "text": sentence, "instead_of": instead_of})


def own_key(client, sentence: str) -> str:
    """The key of the office's own sentence, as the list has it."""
    found = re.search(rf'name="out" value="(own-\d+)"\s+aria-label="「{sentence}」', text(client.get(LIST)))
    assert found, "it is not in the list"
    return found[1]


def test_every_field_of_ours_takes_its_sentences():
    places = kinds.item("careplan.plan").by_name
    services = {field.name: field for field in places["services"].fields}
    assert {place for place, _ in phrases.BUILT_IN.values()} == set(phrases.PLACES)
    for place, sentence in phrases.BUILT_IN.values():
        field = places[place] if place == "policy" else services[place]
        assert field.parse(sentence) == sentence
        assert PhraseForm({"place": place, "text": sentence}).is_valid()


def test_a_sentence_is_chosen_and_stands_behind_what_was_typed(town: Cast):
    hand = Hand(town).open("new/")
    assert "kb-phrases__list" not in hand.page
    hand = hand.type(policy="本人の希望を大切にします。").press("phrases", "policy")
    assert hand.response.status_code == 200
    key, (_, sentence) = next((key, one) for key, one in phrases.BUILT_IN.items() if one[0] == "policy")
    assert f'name="phrase" value="{key}"' in hand.page
    assert phrases.BUILT_IN["need-1"][1] not in hand.page  # of this field only
    hand = hand.press("phrase", key)
    assert hand.typed["policy"] == [f"本人の希望を大切にします。\n{sentence}"]
    assert "kb-phrases__list" not in hand.page
    assert Hand(town).open("new/").typed["policy"] == hand.typed["policy"], "it is kept as what was typed"


def test_a_row_gets_its_own_and_nothing_else_takes_one(town: Cast):
    hand = Hand(town).open("new/").press("phrases", "services-1-long_goal").press("phrase", "long_goal-2")
    sentence = phrases.BUILT_IN["long_goal-2"][1]
    assert hand.typed["services-1-long_goal"] == [sentence]
    assert hand.typed["services-0-long_goal"] == [""]
    for wrong in ("intention", "services-1-provider", "services-x-need", "week-0-content", ""):
        hand.typed["phrase-at"] = [wrong]
        hand = hand.press("phrase", "long_goal-2")
        assert sum(sentence in value for values in hand.typed.values() for value in values) == 1, wrong


def test_the_office_adds_its_own_puts_a_better_one_and_another_office_sees_none(town: Cast):
    client = cast.browser(town.manager)
    assert write(client, "long_goal", OWN).status_code == 302
    assert OWN in Hand(town).open("new/").press("phrases", "services-0-long_goal").page
    better = "週に二度、家族と電話で話せる。"
    assert write(client, "long_goal", better, own_key(client, OWN)).status_code == 302
    shown = text(client.get(LIST))
    assert better in shown and OWN not in shown
    assert better not in text(cast.browser(town.elsewhere).get(LIST))
    key = own_key(client, better)
    cast.browser(town.elsewhere).post(CHANGE, {"out": key})
    assert better in text(client.get(LIST)), "another office takes nothing away"
    client.post(CHANGE, {"out": key})
    assert better not in text(client.get(LIST))


def test_one_of_ours_is_left_out_corrected_and_taken_back_in(town: Cast):
    client, ours = cast.browser(town.manager), phrases.BUILT_IN["policy-1"][1]
    offers = lambda: Hand(town).open("new/").press("phrases", "policy").page  # noqa: E731
    client.post(CHANGE, {"out": "policy-1"})
    client.post(CHANGE, {"out": "policy-1"})
    assert ours not in offers() and "使っていません" in text(client.get(LIST))
    client.post(CHANGE, {"in": "policy-1"})
    assert ours in offers()
    assert f">{ours}</textarea>" in text(client.get(f"{LIST}?instead=policy-1")).replace("\n", "")
    write(client, "policy", "うちの言い方で支えます。", "policy-1")
    assert ours not in offers() and "うちの言い方で支えます。" in offers()


@pytest.mark.parametrize(
    ("place", "sentence", "told"),
    [
        ("long_goal", phrases.BUILT_IN["long_goal-1"][1], "同じ文が、もうあります"),
        ("intention", OWN, "kb-error"),
        ("long_goal", " ", "kb-error"),
        ("long_goal", "番号は 1234 5678 9018 です", "マイナンバー"),
        ("long_goal", "あ" * 301, "kb-error"),
    ],
)
def test_what_is_no_sentence_is_refused_with_the_reason(town: Cast, place: str, sentence: str, told: str):
    answer = write(cast.browser(town.manager), place, sentence)
    assert answer.status_code == 422
    assert told in text(answer)
    assert "9018" not in text(answer), "an individual number is never echoed"


def test_a_list_stays_short_enough_to_look_through(town: Cast, monkeypatch):
    monkeypatch.setattr(phrases, "MOST", 1)
    client = cast.browser(town.counselor)
    assert write(client, "need", "ひとつめの文。").status_code == 302
    assert "1までです" in text(write(client, "need", "ふたつめの文。"))
    assert write(client, "content", "ほかの欄の文。").status_code == 302
