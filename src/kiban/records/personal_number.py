"""個人番号 (マイナンバー) may stand nowhere in this system; this recognises one so that a row can be refused.

Check digit: 番号利用法の規定による通知カード及び個人番号カード等に関する省令 第5条
(modulus 11 with weights 2 to 7 from the right).
"""

from __future__ import annotations

import re
import unicodedata

_IN_TEXT = re.compile(r"(?<!\d)\d{4}[ -]?\d{4}[ -]?\d{4}(?!\d)")
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def has_check_digit(digits: str) -> bool:
    """Whether twelve digits carry the check digit of a 個人番号."""
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def looks_like_one(number: str) -> bool:
    """Whether a number in a column for numbers has twelve digits, as only a 個人番号 has here."""
    return bool(re.fullmatch(r"\d{12}", re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", number))))


def stands_in(text: str) -> bool:
    """Whether free text holds twelve digits with the check digit of a 個人番号 (in fours or together)."""
    if len(text) < 12:
        return False
    folded = unicodedata.normalize("NFKC", text)
    return any(has_check_digit(re.sub(r"\D", "", number)) for number in _IN_TEXT.findall(folded))
