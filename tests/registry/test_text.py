"""Search keys: what is folded together, and that the stored name has no part in it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiban.registry.text import grams, kana_key, query_grams, search_key


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("金ヶ崎町", "金ケ崎町"),
        ("ｻﾎﾟｰﾄｾﾝﾀｰ", "さぽーとせんたー"),
        ("試験　花子", "試験 花子"),
        ("㈱ケア", "(株)けあ"),
        ("ＳＯＭＰＯケア", "sompoケア"),
        ("⽯⼋", "石八"),
        ("辻\U000e0100", "辻"),
        ("𠮷田", "吉田"),
        ("特養Ⅰ", "特養I"),
        ("㋿", "令和"),
    ],
)
def test_folded_together(written: str, typed: str) -> None:
    assert search_key(written) == search_key(typed)


def test_different_names_stay_different() -> None:
    assert search_key("高橋") != search_key("高嶋")
    assert search_key("はな") != search_key("ばな")
    assert search_key("") == search_key(" 　") == ""


@pytest.mark.parametrize(("card", "typed"), [("ｼﾖｳｺ", "ショウコ"), ("シヨウコ", "しょうこ"), ("ユ-コ", "ユーコ")])
def test_kana_of_cards_and_as_typed(card: str, typed: str) -> None:
    assert kana_key(card) == kana_key(typed)


@example("C¸")
@example("わ\u3099")
@given(st.text())
def test_keys_are_keys_of_themselves(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)
    assert kana_key(kana_key(text)) == kana_key(text)


@given(st.text())
def test_no_space_is_left(text: str) -> None:
    assert not any(character.isspace() for character in search_key(text))


@given(st.text(min_size=1).map(search_key).filter(bool), st.data())
def test_every_part_of_a_key_is_found_by_its_grams(key: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(key) - 1))
    part = key[begin : data.draw(st.integers(begin + 1, len(key)))]
    assert set(query_grams(part)) <= grams([key])
