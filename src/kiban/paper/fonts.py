"""The Japanese font of printed sheets: looked for once, or a sentence that says what to install."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import typst

# Gothic faces that have the characters of 氏名 beyond the first plane as well; the first one found is taken.
WANTED = ("Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", "IPAGothic", "BIZ UDGothic", "Yu Gothic", "Hiragino Sans")
MISSING = (
    "印刷に使う日本語のフォントがありません。Noto Sans CJK(Debianでは fonts-noto-cjk)を入れるか、"
    "フォントのあるフォルダを KIBAN_FONTS に指定してください。"
)


class NoFontError(RuntimeError):
    """No Japanese font was found. The message says in Japanese what to do."""


def folders() -> list[Path]:
    """Where to look besides the system's places (``KIBAN_FONTS``, separated as in PATH)."""
    return [Path(one) for one in os.environ.get("KIBAN_FONTS", "").split(os.pathsep) if one]


@cache
def japanese() -> str:
    """The family to print with. Raises NoFontError."""
    found = set(typst.Fonts(font_paths=[str(folder) for folder in folders()]).families())
    for family in WANTED:
        if family in found:
            return family
    raise NoFontError(MISSING)
