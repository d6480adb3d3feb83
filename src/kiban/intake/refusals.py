"""A file that is refused as a whole, and what is wrong with single rows."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from kiban.records.parsing import NOT_TEXT


class FileRefusedError(Exception):
    """The file as a whole is not taken. The message says in Japanese why and what to do; nothing was written."""


class Fault(NamedTuple):
    """One thing wrong in one row. ``column`` counts from 1 (0: the row as a whole); the value itself is never kept."""

    line: int
    column: int
    heading: str
    value_class: str
    reason: str
    remedy: str


def value_class(raw: str) -> str:
    """What kind of text a value is, in words that tell nothing of the value itself."""
    if not raw.strip():
        return "空白"
    if NOT_TEXT.search(raw):
        return "文字として読めない"
    plain, folded = raw.strip(), unicodedata.normalize("NFKC", raw).strip()
    if re.fullmatch(r"[0-9]+", plain):
        return f"数字{len(plain)}桁"
    if re.fullmatch(r"[0-9]+", folded):
        return f"全角数字{len(folded)}桁"
    if re.fullmatch(r"[0-9.,+-]+", folded):
        return "数字と記号"
    if re.fullmatch(r"(?:西暦|明治|大正|昭和|平成|令和|[MTSHRmtshr])?[0-9元]+[年./-][0-9]+[月./-][0-9]+日?", folded):
        return "日付の形"
    if re.fullmatch(r"[!-~ ]+", plain):
        return f"半角の英数字・記号{len(plain)}文字"
    return f"全角を含む文字{len(plain)}文字"
