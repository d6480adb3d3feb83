"""The fonts of printed sheets: those the product brings, or another one before them that the operator names.

The system's fonts are never asked, so a sheet looks the same on every machine and none has to be installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst

from kiban import paper
from kiban.paper import cmap
from kiban.paper.cmap import Characters

BROUGHT = Path(paper.__path__[0]) / "data"
# In this order: Japanese; letters with marks, the alphabet of sounds, Cyrillic, Greek; three signs neither has.
FAMILIES = ("Noto Sans CJK JP", "Noto Sans", "Noto Sans Math")
REGULAR = 400
JAPANESE = frozenset(map(ord, "あア漢"))
SELECTORS = range(0xE0100, 0xE01F0)  # of ideographs (IVS)
MISSING = (
    "KIBAN_FONTS に指定したフォルダに、日本語のフォントがありません。フォルダを確かめるか、KIBAN_FONTS の指定をやめて"
    "ください(指定しなければ、製品に付属のフォントで印刷します)。"
)


class NoFontError(RuntimeError):
    """``KIBAN_FONTS`` leads to no Japanese font. The message says in Japanese what to do."""


@dataclass(frozen=True)
class Font:
    """A family, the file of its regular face, and what that face has."""

    family: str
    path: Path
    characters: Characters

    @property
    def is_brought(self) -> bool:
        """Whether it is the product's own."""
        return self.path.is_relative_to(BROUGHT)


def folders() -> list[Path]:
    """Where the operator's own fonts lie (``KIBAN_FONTS``, separated as in PATH)."""
    return [Path(one) for one in os.environ.get("KIBAN_FONTS", "").split(os.pathsep) if one]


@cache
def collection() -> typst.Fonts:
    """What the typesetter may use: the operator's fonts and the product's."""
    return typst.Fonts(include_system_fonts=False, font_paths=[*map(str, folders()), str(BROUGHT)])


@cache
def chosen() -> tuple[Font, ...]:
    """The fonts to print with: what the first one lacks is taken from the next.

    Of several in the operator's folders it is the one that knows most variation sequences, then most characters.

    Raises:
        NoFontError: see there.
    """
    brought = {font.family: font for font in _fonts([BROUGHT])}
    order = tuple(brought[family] for family in FAMILIES)
    if not folders():
        return order
    others = [font for font in _fonts(folders()) if font.characters.single >= JAPANESE]
    if not others:
        raise NoFontError(MISSING)
    best = max(others, key=lambda font: (len(font.characters.sequences), len(font.characters.single), font.family))
    return (best, *(font for font in order if font.family != best.family))


def families() -> list[str]:
    """Names of the families to print with, for the template. Raises NoFontError."""
    return [font.family for font in chosen()]


def in_words() -> str:
    """Which font prints, for the operator. Raises NoFontError."""
    first = chosen()[0]
    return f"{first.family}({'製品に付属' if first.is_brought else first.path})"


def lacking(text: str) -> list[str]:
    """Characters and variation sequences of a text that are not printed as they are, each once. Raises NoFontError.

    A sequence no font knows is printed as its character without the variation; a character none has, as an empty box.
    """
    fonts = [font.characters for font in chosen()]
    found: dict[str, None] = {}
    for at, sign in enumerate(text):
        if ord(sign) in SELECTORS:
            pair = text[at - 1 : at + 1] if at else sign
            # The selector counts only in the font that has the character.
            first = next((one for one in fonts if ord(pair[0]) in one.single), None)
            if len(pair) == 1 or first is None or (ord(pair[0]), ord(sign)) not in first.sequences:
                found[pair] = None
        elif sign.isprintable() and sign != " " and not any(ord(sign) in one.single for one in fonts):
            found[sign] = None
    return list(found)


def _fonts(places: list[Path]) -> Iterator[Font]:
    """The regular face of each family in these folders."""
    loaded = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(place) for place in places]
    )
    faces: dict[str, typst.FontInfo] = {}
    for face in loaded.fonts():
        known = faces.get(face.family)
        if face.path and (known is None or abs(face.weight - REGULAR) < abs(known.weight - REGULAR)):
            faces[face.family] = face
    for family, face in faces.items():
        path = Path(face.path or "")
        try:
            yield Font(family, path, cmap.read(path, face.index))
        except (cmap.NotAFontError, OSError):
            continue
