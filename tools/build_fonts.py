"""Builds the fonts shipped in ``src/kiban/paper/data`` from Debian's packages of the Noto fonts.

    apt-get install fonts-noto-cjk fonts-noto-core
    pip install fonttools
    python tools/build_fonts.py

What is left out: the characters Japanese names and sheets do not need, hints for screens, vertical writing. No outline
is changed. The same packages give the same bytes (editions, licence: src/kiban/paper/data/ATTRIBUTION.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).resolve().parent.parent / "src" / "kiban" / "paper" / "data"
CJK = Path("/usr/share/fonts/opentype/noto")
CORE = Path("/usr/share/fonts/truetype/noto")
JAPAN = 0  # the face of the collection
HIGH = range(0xA1, 0xFF)

UNIFIED = {*range(0x4E00, 0xA000), *range(0xF900, 0xFB00)}  # every ideograph of 住基ネット統一文字 lies here or in JIS
LATIN = {
    *range(0x20, 0x530),  # with the alphabet of sounds, combining marks, Greek, Cyrillic
    *range(0x1E00, 0x2000),
    *range(0x2000, 0x2070),
    *range(0x20A0, 0x20D0),
    *range(0x2150, 0x2190),
}
SIGNS = {0x2252, 0x2985, 0x2986}  # of JIS X 0213, in neither of the other fonts: ≒ ⦅ ⦆


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    japanese = jis_x_0213() | jis_x_0212() | windows_31j()
    for weight, characters in (("Regular", japanese | UNIFIED), ("Bold", japanese)):
        ideographs = TTFont(CJK / f"NotoSansCJK-{weight}.ttc", fontNumber=JAPAN, recalcTimestamp=False)
        write(ideographs, characters | variations(ideographs), f"NotoSansCJKjp-{weight}.otf")
        letters = TTFont(CORE / f"NotoSans-{weight}.ttf", recalcTimestamp=False)
        write(letters, LATIN, f"NotoSans-{weight}.ttf")
    write(TTFont(CORE / "NotoSansMath-Regular.ttf", recalcTimestamp=False), SIGNS, "NotoSansMath-Regular.ttf")


def write(font: TTFont, characters: Iterable[int], name: str) -> None:
    """The font with these characters only."""
    options = subset.Options()
    # Composition (か゚, letters with marks) and their places; every variation sequence is in the character map.
    options.layout_features = ["ccmp", "mark", "mkmk", "kern"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "MATH"]
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=characters)
    chosen.subset(font)
    font.save(FOLDER / name)
    print(f"{name}: {(FOLDER / name).stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


def variations(font: TTFont) -> set[int]:
    """Selectors and characters of all variation sequences the font knows."""
    (table,) = (one for one in font["cmap"].tables if one.format == 14)
    return {*table.uvsDict, *(base for pairs in table.uvsDict.values() for base, _ in pairs)}


def jis_x_0213() -> set[int]:
    """Both planes of it, and ASCII."""
    pairs = (bytes([*plane, row, cell]) for plane in (b"", b"\x8f") for row in HIGH for cell in HIGH)
    return {*range(0x20, 0x7F), *decoded(pairs, "euc_jis_2004")}


def jis_x_0212() -> set[int]:
    """補助漢字."""
    return decoded((bytes([0x8F, row, cell]) for row in HIGH for cell in HIGH), "euc_jp")


def windows_31j() -> set[int]:
    """What Windows calls Shift_JIS, with half-width カナ; not the cells everybody fills by themselves."""
    pairs = [bytes([row, cell]) for row in range(0x81, 0xFD) for cell in range(0x40, 0xFD)]
    found = decoded([*pairs, *(bytes([one]) for one in range(0xA1, 0xE0))], "cp932")
    return {one for one in found if not 0xE000 <= one < 0xF900}


def decoded(codes: Iterable[bytes], charset: str) -> set[int]:
    """The characters of those codes that have one."""
    return {ord(one) for code in codes for one in code.decode(charset, "ignore")}


if __name__ == "__main__":
    main()
