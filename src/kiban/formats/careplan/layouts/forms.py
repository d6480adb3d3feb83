"""What may stand in a column. A form looks at one value that is not empty and says what is wrong with it.

What the standard leaves open (zero padding, the sign of a deduction) is taken either way.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from kiban.formats.careplan.layouts import codes as tables
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity
from kiban.terms.wareki import to_wareki_month_full

_DIGITS = re.compile(r"[0-9]+")
_FIRST_YEAR, _LAST_YEAR = 1868, 2199


@dataclass(frozen=True)
class Form:
    """Base of all forms.

    Attributes:
        length: the 項目長, in characters (all of them half-width); None where the standard names none.
        private: the value is about a person and never repeated in a message.
    """

    length: int | None = None
    private: bool = field(default=False, kw_only=True)
    name: ClassVar[str] = ""

    def problem(self, raw: str) -> Problem | None:
        """What is wrong with a value that is not empty."""
        return self._too_long(raw)

    def note(self) -> str:
        """What may stand there, in one Japanese line."""
        return ""

    def _too_long(self, raw: str) -> Problem | None:
        if self.length is None or len(raw) <= self.length:
            return None
        return Problem(
            Code.LENGTH,
            f"{len(raw)}文字あります。この欄は{self.length}文字までです。",
            f"{self.length}文字以内に直して、ファイルを作り直します。",
        )

    def _wrong(self, raw: str, wanted: str) -> Problem:
        """Not of the form: full-width digits are named as such."""
        narrow = unicodedata.normalize("NFKC", raw)
        if narrow != raw and narrow.isascii():
            return Problem(
                Code.FULL_WIDTH,
                "全角の文字で書かれています。この欄は半角で書きます。",
                f"半角で、{wanted}に直します。",
            )
        if raw != raw.strip() and self.problem(raw.strip()) is None:
            return Problem(Code.FORM, "前か後ろに空白が付いています。", "空白を取って、ファイルを作り直します。")
        return Problem(Code.FORM, f"書き方が違います。この欄には、{wanted}を書きます。", f"{wanted}に直します。")


@dataclass(frozen=True)
class Text(Form):
    """フリーテキスト: always about a person or by one, any length, in quotation marks when written."""

    private: bool = field(default=True, kw_only=True)
    name: ClassVar[str] = "文章"

    def note(self) -> str:
        return "フリーテキスト"


@dataclass(frozen=True)
class Pattern(Form):
    """A value of a fixed shape.

    pattern: the whole value. wanted: that in Japanese, as a noun.
    """

    pattern: str = ""
    wanted: str = ""
    name: ClassVar[str] = "番号"

    def problem(self, raw: str) -> Problem | None:
        if self._whole(raw):
            return None
        return self._wrong(raw, self.wanted)

    @cached_property
    def _whole(self) -> Callable[[str], object]:
        return re.compile(self.pattern).fullmatch

    def note(self) -> str:
        return self.wanted


@dataclass(frozen=True)
class Office(Pattern):
    """事業所番号. Whether there is such an office, a function of the caller knows."""

    length: int | None = 10
    pattern: str = r"[0-9A-Z]{10}"
    wanted: str = "10けたの事業所番号(半角)"
    name: ClassVar[str] = "事業所番号"


@dataclass(frozen=True)
class Coded(Form):
    """A value of a code table."""

    codes: Mapping[str, str] = field(default_factory=dict)
    name: ClassVar[str] = "コード"

    def problem(self, raw: str) -> Problem | None:
        if raw in self.codes:
            return None
        choices = "、".join(f"{code}({label})" for code, label in self.codes.items())
        padded = raw.zfill(self.length or 0)
        if padded in self.codes and _DIGITS.fullmatch(raw):
            return Problem(
                Code.CODE_UNKNOWN,
                f"先頭の0がありません。「{padded}」と書く欄です。",
                "先頭の0を付けます。Excelで開いて保存すると消えることがあります。",
            )
        if unicodedata.normalize("NFKC", raw) in self.codes:
            return Problem(Code.FULL_WIDTH, "全角の文字で書かれています。この欄は半角で書きます。", "半角に直します。")
        return Problem(Code.CODE_UNKNOWN, "決められたコードにありません。", f"次のどれかに直します: {choices}。")

    def note(self) -> str:
        return "、".join(f"{code} {label}" for code, label in self.codes.items())


def day_of(raw: str) -> dt.date | None:
    """The day ``YYYYMMDD`` means; None when there is no such day."""
    if len(raw) != 8 or not raw.isascii() or not raw.isdigit():
        return None
    try:
        day = dt.date(int(raw[:4]), int(raw[4:6]), int(raw[6:]))
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def month_of(raw: str) -> tuple[int, int] | None:
    """Year and month ``YYYYMM`` means; None when there is no such month."""
    day = day_of(f"{raw}01")
    return (day.year, day.month) if day else None


def month_in_words(raw: str) -> str:
    """令和8年10月(2026年) of ``YYYYMM``; empty for what is no month."""
    found = month_of(raw)
    return to_wareki_month_full(*found) if found else ""


@dataclass(frozen=True)
class Date(Form):
    """A day as YYYYMMDD.

    zero: ``00000000`` may stand for no day.
    """

    length: int | None = 8
    zero: bool = False
    name: ClassVar[str] = "日付"

    def problem(self, raw: str) -> Problem | None:
        if day_of(raw) or (self.zero and raw == "0" * 8):
            return None
        if _DIGITS.fullmatch(raw) and len(raw) == 8:
            return Problem(
                Code.DATE_IMPOSSIBLE,
                "暦にない日です。",
                "正しい日付(西暦4けた、月2けた、日2けた)に直します。",
            )
        return self._wrong(raw, "「20261005」のような8けたの日付")

    def note(self) -> str:
        return "YYYYMMDD" + ("。ないときは00000000" if self.zero else "")


@dataclass(frozen=True)
class Month(Form):
    """A month as YYYYMM."""

    length: int | None = 6
    zero: bool = False
    name: ClassVar[str] = "年月"

    def problem(self, raw: str) -> Problem | None:
        if month_of(raw) or (self.zero and raw == "0" * 6):
            return None
        if _DIGITS.fullmatch(raw) and len(raw) == 6:
            return Problem(Code.DATE_IMPOSSIBLE, "暦にない年月です。", "正しい年月(西暦4けた、月2けた)に直します。")
        return self._wrong(raw, "「202610」のような6けたの年月")

    def note(self) -> str:
        return "YYYYMM" + ("。ないときは000000" if self.zero else "")


@dataclass(frozen=True)
class Time(Form):
    """A time as HHMM.

    none: ``9999`` stands for a service shown without time.
    """

    length: int | None = 4
    none: bool = False
    name: ClassVar[str] = "時刻"

    def problem(self, raw: str) -> Problem | None:
        if re.fullmatch(r"(?:[01][0-9]|2[0-3])[0-5][0-9]", raw) or (self.none and raw == "9999"):
            return None
        if raw == "2400":
            return Problem(
                Code.TIME_IMPOSSIBLE,
                "24時00分です。標準仕様には24時の書き方がありません。",
                "取り込めないときは、0000か2359に直します。",
                Severity.WARNING,
            )
        if _DIGITS.fullmatch(raw) and len(raw) == 4:
            return Problem(Code.TIME_IMPOSSIBLE, "時刻としてありえません。", "正しい時刻(例 0930)に直します。")
        return self._wrong(raw, "「0930」のような4けたの時刻")

    def note(self) -> str:
        return "HHMM" + ("。時刻を示さないサービスは9999" if self.none else "")


@dataclass(frozen=True)
class Whole(Form):
    """A whole number. Leading zeros and a minus sign are taken: the standard says nothing of either."""

    most: int | None = None
    least: int | None = None
    name: ClassVar[str] = "整数"

    def problem(self, raw: str) -> Problem | None:
        if not re.fullmatch(r"-?[0-9]+", raw):
            return self._wrong(raw, "コンマや小数点のない、半角の数字")
        if self.length is not None and len(raw.lstrip("-")) > self.length:
            return self._too_long(raw.lstrip("-"))
        value = int(raw)
        if (self.most is not None and value > self.most) or (self.least is not None and value < self.least):
            return Problem(Code.FORM, f"{self.least}から{self.most}までの数ではありません。", "数を確かめて直します。")
        return None

    def note(self) -> str:
        return f"{self.least}〜{self.most}" if self.most is not None else "整数"


@dataclass(frozen=True)
class ServiceCode(Form):
    """サービスコード: 6 characters, of a kind in scope. In 第7表 also the marks of subtotals and of the grand total.

    lines: the marks may stand here.
    """

    length: int | None = 6
    lines: bool = False
    name: ClassVar[str] = "サービスコード"

    def problem(self, raw: str) -> Problem | None:
        if not re.fullmatch(r"[0-9A-Z]{6}", raw):
            return self._wrong(raw, "6けたのサービスコード(半角)")
        if self.lines and raw == "999999":
            return None
        return kind_problem(raw[:2])

    def note(self) -> str:
        return "6けた" + ("。小計は種類2けた＋AAAA・EEEE・ZZZZ、合計は999999" if self.lines else "")


@dataclass(frozen=True)
class ServiceKind(Form):
    """サービス種類コード: 2 characters, of a kind in scope."""

    length: int | None = 2
    name: ClassVar[str] = "サービス種類"

    def problem(self, raw: str) -> Problem | None:
        if not re.fullmatch(r"[0-9A-Z]{2}", raw):
            return self._wrong(raw, "2けたのサービス種類コード(半角)")
        return kind_problem(raw)

    def note(self) -> str:
        return "2けたのサービス種類コード"


@dataclass(frozen=True)
class Unused(Form):
    """識別子: not used, to be left empty."""

    length: int | None = 1
    name: ClassVar[str] = "使わない"

    def problem(self, raw: str) -> Problem | None:
        return Problem(
            Code.NOT_USED,
            "使わないことになっている欄に書かれています。",
            "空白にして作り直します。取り込みには差し支えないことが多いです。",
            Severity.WARNING,
        )

    def note(self) -> str:
        return "使わない(空白)"


def kind_problem(kind: str) -> Problem | None:
    """What is wrong with a サービス種類コード of two characters."""
    if kind in tables.IN_SCOPE:
        return None
    if kind in tables.OUT_OF_SCOPE:
        return Problem(
            Code.SERVICE_OUT_OF_SCOPE,
            f"ケアプランデータ連携の対象でないサービス({tables.OUT_OF_SCOPE[kind]})です。",
            "対象でないサービスの行は入れないことになっています。この行を除いて作り直します。",
            Severity.WARNING,
        )
    return Problem(
        Code.SERVICE_UNKNOWN,
        f"ケアプランデータ連携の対象サービスにない種類(はじめの2けた {kind})です。",
        "サービスコードを確かめて直します。対象でないサービスなら、その行を除きます。",
        Severity.WARNING,
    )
