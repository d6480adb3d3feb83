"""Reading a text as a value, and the one error that says why it is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import NoReturn

from kiban.records import personal_number
from kiban.terms import partial_days, wareki

FIRST_DAY, LAST_DAY = date(1868, 1, 25), date(2199, 12, 31)
# Control characters; bytes that could not be decoded (lone surrogates); what cp932 makes of bytes without meaning.
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\uf8f0-\uf8f3]")
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


class FieldError(ValueError):
    """A text that is no value of the field. Never repeats the text: it may be about a person.

    Args:
        reason: what is wrong, one Japanese sentence.
        remedy: what to do, one Japanese sentence.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason}{remedy}")


def check_text(raw: str, max_length: int) -> None:
    """Raises FieldError when text is too long, is not text, or holds a 個人番号."""
    if len(raw) > max_length:
        raise FieldError("長すぎます。", f"{max_length}文字までにしてください。")
    if NOT_TEXT.search(raw):
        raise FieldError(
            "文字として読めない部分があります。", "その欄を打ち直すか、UTF-8かShift_JIS(CP932)で保存し直してください。"
        )
    if personal_number.stands_in(raw):
        raise FieldError(
            "個人番号(マイナンバー)と思われる12けたの数字があります。",
            "個人番号は取り込めません。その数字を消してください。",
        )


def refuse_personal_number(raw: str) -> None:
    """Raises FieldError for twelve digits in a column for another number."""
    if personal_number.looks_like_one(raw):
        raise FieldError(
            "12けたの数字(個人番号と思われるもの)です。",
            "個人番号(マイナンバー)は取り込めません。正しい番号に直してください。この数字はどこにも残していません。",
        )


def find_code(codes: Mapping[str, str], raw: str) -> str:
    """The code of a text that is a code or its words. Raises FieldError."""
    plain = unicodedata.normalize("NFKC", raw).strip()
    if plain in codes:
        return plain
    for code, word in codes.items():
        if plain == unicodedata.normalize("NFKC", word):
            return code
    listed = "、".join(f"{code}({word})" for code, word in list(codes.items())[:10])
    more = " など" if len(codes) > 10 else ""
    raise FieldError("コードの一覧にありません。", f"{listed}{more}のどれかを書いてください。")


def parse_day(raw: str) -> date:
    """The day a text means, in any of the usual ways of writing. Raises FieldError."""
    try:
        if parts := _EIGHT_DIGITS.fullmatch(raw):
            return in_range(date(*map(int, parts.groups())))
        return in_range(wareki.parse(raw).day)
    except wareki.SlipError as slip:
        raise FieldError(slip.reason, slip.remedy) from None
    except ValueError as error:
        if isinstance(error, FieldError):
            raise
        not_a_day()


def parse_partial(raw: str) -> str:
    """The day a text means as it is kept (``terms.partial_days``), whole or in part. Raises FieldError."""
    try:
        day = partial_days.parse(raw)
    except wareki.SlipError as slip:
        raise FieldError(slip.reason, slip.remedy) from None
    except ValueError:
        raise FieldError(
            "日付として読めません。",
            "20260401、2026-04-01、令和8年4月1日 のどれかの形で書いてください。"
            "分からないところがあれば、2026-04、令和8年、不詳 のように書きます。",
        ) from None
    if isinstance(day, date):
        return in_range(day).isoformat()
    if day.year is not None:
        in_range(date(day.year, day.month or 12, 28))
    return str(day)


def not_a_day() -> NoReturn:
    """Raises FieldError for a text that is no day."""
    raise FieldError("日付として読めません。", "20260401、2026-04-01、令和8年4月1日 のどれかの形で書いてください。")


def in_range(day: date) -> date:
    """The day. Raises FieldError for one of a year that cannot be."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise FieldError("ありえない年の日付です。", "明治元年から西暦2199年までの日付で書いてください。")
    return day
