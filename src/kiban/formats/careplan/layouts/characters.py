"""Which characters may stand in these files: those of MS932 (Windows code page 932), without 外字."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kiban.formats.careplan.layouts.faults import Code

ENCODING = "cp932"
# What a decoded text holds that is no character of MS932: control characters, bytes that mean nothing (lone
# surrogates and U+F8F0–F8F3, U+0080, U+00A0), 外字 (private use).
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\ud800-\uf8ff]")
# Bytes without one of which a text in MS932 has no odd character (trail bytes make it a first sieve only).
ODD_BYTES = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x80, 0xA0, *range(0xF0, 0x100)])
# CPython's encoder takes these, because other tables of the same set have them for the same sign.
VARIANTS = {"〜": "～", "−": "－", "‖": "∥", "¢": "￠", "£": "￡", "¬": "￢"}


class Odd(NamedTuple):
    """A character that may not be there. ``at`` counts characters of the cell from 1."""

    at: int
    char: str
    code: Code


def may_stand(text: str) -> bool:
    """Whether all of a text can be written in MS932."""
    if _ODD.search(text):
        return False
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True


def plainly(text: str) -> bool:
    """Whether a text decoded from MS932 holds nothing odd (fast, for whole blocks)."""
    return not _ODD.search(text)


def odd(text: str) -> Iterator[Odd]:
    """Every character of a text that may not be there, in order."""
    if may_stand(text):
        return
    for at, char in enumerate(text, 1):
        if "\ue000" <= char <= "\uf8ef" or "\uf8f4" <= char <= "\uf8ff":
            yield Odd(at, char, Code.CHARACTER_EXTERNAL)
        elif _ODD.match(char) or char == "\ufffd":
            yield Odd(at, char, Code.CHARACTER_BROKEN)
        elif not may_stand(char):
            yield Odd(at, char, Code.CHARACTER)


def shown(found: Odd) -> str:
    """The character for a message: itself where it can be seen, and its number."""
    number = f"U+{ord(found.char):04X}"
    if "\udc80" <= found.char <= "\udcff":
        return f"文字にならないデータ(16進 {ord(found.char) - 0xDC00:02X})"
    return f"「{found.char}」({number})" if found.char.isprintable() else number
