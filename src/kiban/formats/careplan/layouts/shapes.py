"""The shapes that recur in many layouts."""

from __future__ import annotations

from collections.abc import Mapping

from kiban.formats.careplan.layouts.forms import Coded, Date, Form, Month, Office, Pattern, Text, Whole

VERSION = Pattern(6, pattern=r"[0-9]{6}", wanted="6けたの版の番号(今の版は202407)")
INSURER = Pattern(6, pattern=r"[0-9]{6}", wanted="6けたの保険者番号")
INSURED = Pattern(10, pattern=r"[0-9]{10}|H[0-9]{9}", wanted="10けたの番号(生活保護だけの人はHと9けた)", private=True)
POSTAL = Pattern(8, pattern=r"[0-9]{3}-[0-9]{4}", wanted="「123-4567」のような郵便番号", private=True)
PHONE = Pattern(15, pattern=r"[0-9()+-]{1,15}", wanted="半角の数字と「-」で15文字以内の電話番号", private=True)
TAIS = Pattern(12, pattern=r"[0-9]{5}-[0-9]{6}", wanted="「00001-000010」のようなTAISコード")
EQUIPMENT_CODE = Pattern(12, pattern=r"[!-~]{1,12}", wanted="半角12文字以内の届出コード")
SATELLITE = Pattern(2, pattern=r"[0-9A-Z]{1,2}", wanted="2けた以内の番号")
PRO_RATA = Pattern(31, pattern=r"[01]{31}", wanted="1日から31日まで1か0を31文字並べたもの")
UNIT_PRICE = Pattern(6, pattern=r"[0-9]{1,2}(?:\.[0-9]{1,2})?|[0-9]{3}\.[0-9]{2}", wanted="「11.40」のような単価")
ONLY_NINES = Pattern(10, pattern=r"9{10}", wanted="9999999999")
ENTERED_BY = Pattern(10, pattern=r"[!-~]{1,10}", wanted="半角10文字以内")
TEXT = Text()
OFFICE = Office()
DAY, MONTH = Date(), Month()
BIRTH = Date(private=True)
NUMBER_TO_99 = Whole(2, most=99, least=1)


def units(length: int) -> Form:
    """Units, days or yen."""
    return Whole(length)


def code(length: int, table: Mapping[str, str]) -> Form:
    """A value of a code table."""
    return Coded(length, codes=table)
