"""Keys for searching Japanese text. Stored names stay exactly as received; only the key is normalised.

A key is for finding, never for showing: NFKC, hiragana as katakana, ヶ as ケ, variants of kanji as the common form
(髙 → 高), letters in upper case, spaces and variation selectors left out. Grams are the characters and pairs of
characters of a key: the database is searched through an index over them, so words of one or two characters are found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

# Variants NFKC leaves alone, met in names of persons and offices; the common form stands below.
_VARIANTS = str.maketrans(
    "髙﨑𠮷濵濱邊邉齋齊斉德瀨靑淸黑惠國澤嶋嶌櫻廣曾眞龜榮鷗",
    "高崎吉浜浜辺辺斎斎斎徳瀬青清黒恵国沢島島桜広曽真亀栄鴎",
)
_HIRAGANA = {code: code + 0x60 for code in [*range(0x3041, 0x3097), 0x309D, 0x309E]}
_LEFT_OUT = dict.fromkeys(
    [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x180E]
)
_FOLD = {**_HIRAGANA, **_LEFT_OUT, **_VARIANTS, ord("ヶ"): "ケ", ord("ゖ"): "ケ"}
_SMALL_KANA = str.maketrans("ァィゥェォヵッャュョヮ", "アイウエオカツヤユヨワ")
_DASHES = str.maketrans(dict.fromkeys("-‐‑‒–—―−₋⁻", "ー"))


def search_key(text: str) -> str:
    """The key under which ``text`` is found. Idempotent; empty for empty text or spaces alone."""
    folded = "".join(unicodedata.normalize("NFKC", text).upper().translate(_FOLD).split())
    # What stood apart (hiragana and its mark, a letter and its accent) may now make one character.
    return unicodedata.normalize("NFKC", folded)


def kana_key(text: str) -> str:
    """The key for kana: ``search_key`` with small kana made large and every dash a long-vowel sign.

    Cards and old systems write シヨウコ or ｼﾖｳｺ where others write ショウコ.
    """
    return search_key(text).translate(_SMALL_KANA).translate(_DASHES)


def grams(keys: Iterable[str]) -> set[str]:
    """Single characters and pairs of neighbouring characters of keys: what the index over ``search_grams`` holds."""
    grams: set[str] = set()
    for key in keys:
        grams.update(key)
        grams.update(map("".join, pairwise(key)))
    return grams


def query_grams(key: str) -> list[str]:
    """The grams a key must have to contain ``key``: its pairs, or itself when it is one character."""
    return sorted(map("".join, pairwise(key))) if len(key) > 1 else list(key)
