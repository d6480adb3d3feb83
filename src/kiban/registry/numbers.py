"""Numbers of the care system: form, check digits, and the key of a person.

A number of the wrong *form* is an error (``NumberFormatError``). A wrong *check digit* is a finding to show, never a
reason to refuse: the ministry itself publishes numbers that fail every known rule. Each ``check_…`` function returns
the rule the number satisfies, ``CheckDigit.FAILS`` when none.

Rules and vectors: 厚労省 保険者番号設定要領; 「総合事業における事業所番号の考え方」; verified on the shipped masters
(docs/decisions.md, "check digits warn").
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

# I, O and Q are not used; a letter counts on from the digits: A=10 … H=17, J=18 … Z=32.
ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"

# 埼玉, 千葉, 東京, 神奈川 leave prefecture and 点数表 out of the check digit of medical institutions.
SHORT_BASIS_PREFECTURES = frozenset({"11", "12", "13", "14"})

WELFARE_PREFIX = "H"  # 生活保護 recipients of 40–64 years who are not insured (みなし2号)
WELFARE_KEY_OFFSET = 10**16

_PREFECTURE = r"(?:0[1-9]|[1-3][0-9]|4[0-7])"
_FORMS = {
    "団体コード": (re.compile(_PREFECTURE + r"[0-9]{4}"), "数字6桁(先頭2桁は都道府県01〜47)"),
    "保険者番号": (re.compile(_PREFECTURE + r"[0-9]{4}"), "数字6桁(先頭2桁は都道府県01〜47)"),
    "被保険者番号": (re.compile(r"[0-9H][0-9]{9}"), "数字10桁、または H と数字9桁"),
    "事業所番号": (
        re.compile(_PREFECTURE + r"[0-9A-HJ-NPR-Z][0-9]{7}"),
        "10桁(先頭2桁は都道府県01〜47、3桁目だけは英字もある)",
    ),
    "医療機関コード": (re.compile(_PREFECTURE + r"[0-9]{8}"), "数字10桁(先頭2桁は都道府県01〜47)"),
    "都道府県と医療機関番号": (re.compile(_PREFECTURE + r"[0-9]{7}"), "数字9桁(先頭2桁は都道府県01〜47)"),
}


class CheckDigit(StrEnum):
    """Which rule a number's check digit satisfies."""

    MOD11 = "mod11"  # 団体コード
    FULL = "full"  # 2-1 split over every character before it
    SHORT = "short"  # 2-1 split over the last six characters before it
    FAILS = "fails"


class NumberFormatError(ValueError):
    """The text does not have the form of the number at all. The message is Japanese and does not repeat the text."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"{kind}の形ではありません。{_FORMS[kind][1]}です。")


def require_form(kind: str, text: str) -> str:
    """The text itself when it has the form of ``kind`` (Japanese name of the number).

    Raises:
        NumberFormatError: it has not.
    """
    if not _FORMS[kind][0].fullmatch(text):
        raise NumberFormatError(kind)
    return text


class NumberSlipError(NumberFormatError):
    """A number that was spoilt on its way, by Excel or by hand, in a way that has a name.

    Attributes:
        reason, remedy: one Japanese sentence each; they do not repeat the text.
    """

    def __init__(self, kind: str, reason: str, remedy: str) -> None:
        super().__init__(kind)
        self.reason, self.remedy = reason, remedy
        self.args = (f"{reason}{remedy}",)


def plain(text: str) -> str:
    """A number as typed, in plain characters: full-width and small letters, blanks and dashes."""
    return re.sub(r"[\s‐‑–—―−ー-]", "", unicodedata.normalize("NFKC", text)).upper()


def tidied(kind: str, text: str) -> str:
    """A number as people and programs write it, in the form it is kept in: one rule for files, forms and commands.

    Full-width and small letters, blanks and dashes are made plain; a 保険者番号 of eight digits (as claims of other
    laws have it) loses the 「00」 in front. Whether what is left has the form of a number is the caller's to ask.

    Args:
        kind: 保険者番号, 被保険者番号, 事業所番号 or 医療機関コード.

    Raises:
        NumberSlipError: leading zeros are missing, or Excel made a decimal number of it.
    """
    number = plain(text)
    if re.fullmatch(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", number):
        raise NumberSlipError(
            kind,
            "Excelが番号を「1.3E+09」のような形に変えています。",
            "列の書式を「文字列」にして、番号を入れ直してください。",
        )
    if kind == "保険者番号" and re.fullmatch(r"00[0-9]{6}", number):
        return number[2:]
    wanted = _LENGTHS[kind]
    if re.fullmatch(rf"[0-9]{{{max(1, wanted - _MOST_ZEROS[kind])},{wanted - 1}}}", number):
        raise NumberSlipError(
            kind,
            f"{len(number)}桁しかありません。先頭の0が落ちたようです(Excelで開いて保存すると落ちます)。",
            f"{wanted}桁で書いてください。Excelでは列の書式を「文字列」にします。",
        )
    return number


_LENGTHS = {"保険者番号": 6, "被保険者番号": 10, "事業所番号": 10, "医療機関コード": 10}
_MOST_ZEROS = {"保険者番号": 1, "被保険者番号": 9, "事業所番号": 1, "医療機関コード": 1}  # that can stand in front


def split21(body: str) -> int:
    """Check digit by modulus 10, weight 2-1, split: from the right ×2, ×1 …, digits of the products added.

    Args:
        body: the characters before the check digit, of ``ALPHABET``.
    """
    total = 0
    for position, character in enumerate(reversed(body)):
        product = ALPHABET.index(character) * (2 - position % 2)
        total += product // 10 + product % 10
    return -total % 10


def mod11(body: str) -> int:
    """Check digit of a 団体コード over its first five digits (JIS X 0401 + 0402)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, (6, 5, 4, 3, 2), strict=True))
    return (11 - total % 11) % 10


def check_municipality_code(code: str) -> CheckDigit:
    """全国地方公共団体コード, six digits.

    Raises:
        NumberFormatError: not six digits of a prefecture.
    """
    require_form("団体コード", code)
    return CheckDigit.MOD11 if mod11(code[:5]) == int(code[5]) else CheckDigit.FAILS


def check_insurer_number(number: str) -> CheckDigit:
    """保険者番号, six digits.

    Raises:
        NumberFormatError: not six digits of a prefecture.
    """
    require_form("保険者番号", number)
    return CheckDigit.FULL if split21(number[:5]) == int(number[5]) else CheckDigit.FAILS


def insurer_number_for(municipality_code: str) -> str:
    """The 保険者番号 the rule gives for a municipality: computed, not published (differs from its 団体コード).

    Raises:
        NumberFormatError: not a 団体コード.
    """
    body = require_form("団体コード", municipality_code)[:5]
    return f"{body}{split21(body)}"


def check_office_number(number: str) -> CheckDigit:
    """介護保険事業所番号, ten characters (``B`` in position 3: 介護医療院, ``A``: 総合事業).

    Raises:
        NumberFormatError: not of that form.
    """
    require_form("事業所番号", number)
    if split21(number[:9]) == int(number[9]):
        return CheckDigit.FULL
    return CheckDigit.SHORT if split21(number[3:9]) == int(number[9]) else CheckDigit.FAILS


def check_medical_code(code: str) -> CheckDigit:
    """医療機関コード, ten digits: prefecture 2, 点数表 1 (医科 1, 歯科 3, 調剤 4, 訪問看護 6), number 7.

    Raises:
        NumberFormatError: not ten digits of a prefecture.
    """
    require_form("医療機関コード", code)
    short = code[:2] in SHORT_BASIS_PREFECTURES
    if split21(code[3:9] if short else code[:9]) != int(code[9]):
        return CheckDigit.FAILS
    return CheckDigit.SHORT if short else CheckDigit.FULL


def medical_code_for(nine: str) -> tuple[str, CheckDigit]:
    """The ten-digit 医療機関コード of a published nine-digit one (prefecture 2 + 7), which leaves 点数表 out.

    The lists hold 医科 (1) and 歯科 beside it (3); the check digit tells which. Where it cannot tell, 医科.

    Raises:
        NumberFormatError: not nine digits of a prefecture.
    """
    require_form("都道府県と医療機関番号", nine)
    for schedule in "13":
        code = f"{nine[:2]}{schedule}{nine[2:]}"
        rule = check_medical_code(code)
        if rule is not CheckDigit.FAILS:
            return code, rule
    return f"{nine[:2]}1{nine[2:]}", CheckDigit.FAILS


def insured_key(insurer_number: str, insured_number: str) -> int:
    """The key of everything about a person: 保険者番号 followed by 被保険者番号, as one number of 64 bits.

    みなし2号 numbers (``H`` and nine digits) map into the reserved range from 10^16. The same function stands in the
    database as ``care.insured_key``. Check digits play no part: a 被保険者番号 has none that is published.

    Raises:
        NumberFormatError: one of the two does not have its form.
    """
    if not re.fullmatch(r"[0-9]{6}", insurer_number):
        raise NumberFormatError("保険者番号")
    require_form("被保険者番号", insured_number)
    if insured_number.startswith(WELFARE_PREFIX):
        return int(f"{insurer_number}0{insured_number[1:]}") + WELFARE_KEY_OFFSET
    return int(insurer_number + insured_number)


def insurer_number_of(key: int) -> str:
    """保険者番号 (6 digits) in an ``insured_key``."""
    return f"{key % WELFARE_KEY_OFFSET // 10**10:06}"


def tail_of(key: int) -> str:
    """The last four characters of the 被保険者番号 in an ``insured_key``: tells people of one name apart in a list."""
    return insured_number_of(key)[-4:]


def insured_number_of(key: int) -> str:
    """被保険者番号 (10 characters) in an ``insured_key``."""
    if key >= WELFARE_KEY_OFFSET:
        return f"{WELFARE_PREFIX}{key % 10**9:09}"
    return f"{key % 10**10:010}"
