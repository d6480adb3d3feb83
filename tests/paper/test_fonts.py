"""The product's font has every character a name may need, and another one is taken where the operator names it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiban.paper import fonts, printing
from kiban.paper.fonts import BROUGHT
from tests.paper.pdf import glyphs

HIGH = range(0xA1, 0xFF)
# Variations as they stand in names: each of them is written in its own way by the persons who bear it.
NAMES = {"辻": 2, "葛": 2, "邉": 15, "邊": 8, "芦": 2, "祇": 2, "榊": 2, "斎": 2, "齋": 2, "櫛": 3, "樋": 2}


def jis_x_0213() -> list[str]:
    """All characters of both planes (11,233), and of JIS X 0212, which the codec knows as well."""
    codes = (bytes([*plane, row, cell]) for plane in (b"", b"\x8f") for row in HIGH for cell in HIGH)
    found = (code.decode("euc_jis_2004", "ignore") for code in codes)
    return sorted({sign for sign in found if sign and unicodedata.category(sign[0]) != "Zs"})


def windows_31j() -> list[str]:
    codes = (bytes([row, cell]) for row in range(0x81, 0xFD) for cell in range(0x40, 0xFD))
    found = {code.decode("cp932", "ignore") for code in codes}
    return sorted(sign for sign in found if len(sign) == 1 and sign.isprintable())


def lines(signs: list[str], between: str = "") -> list[str]:
    """A hundred of them on each."""
    return [between.join(signs[at : at + 100]) for at in range(0, len(signs), 100)]


@pytest.fixture
def own_folder(tmp_path, monkeypatch) -> Iterator[Path]:
    """``KIBAN_FONTS`` leads to this folder."""
    monkeypatch.setenv("KIBAN_FONTS", str(tmp_path))
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget() -> None:
    for found in (fonts.collection, fonts.chosen, printing._compiler):
        found.cache_clear()


def other_family(folder: Path) -> None:
    """The product's bold face under another name."""
    content = (BROUGHT / "NotoSansCJKjp-Bold.otf").read_bytes()
    old, new = ("Noto Sans".encode("utf-16-be"), "Shiken Go".encode("utf-16-be"))
    (folder / "shiken.otf").write_bytes(content.replace(old, new))


@pytest.mark.parametrize("weight", ["regular", "bold"])
@pytest.mark.parametrize(("repertoire", "least"), [(jis_x_0213, 14_000), (windows_31j, 7_000)])
def test_every_character_is_printed(weight, repertoire, least):
    signs = repertoire()
    assert len(signs) > least
    found = glyphs(lines(signs, " "), weight)
    assert [glyph for glyph in found if glyph.number == 0] == []
    assert len(found) > len(signs)  # with the spaces between them
    assert fonts.lacking("".join(signs)) == []


def test_every_character_has_a_form_of_its_own():
    ideographs = [sign for sign in jis_x_0213() if "CJK UNIFIED" in unicodedata.name(sign[0], "")]
    assert len(ideographs) > 12_000
    assert len(set(glyphs(lines(ideographs)))) == len(ideographs)


@pytest.mark.parametrize("weight", ["regular", "bold"])
@pytest.mark.parametrize("sign", NAMES)
def test_variations_in_names_are_printed_each_in_its_form(sign, weight):
    written = [f"{sign}{chr(selector)}" for selector in fonts.SELECTORS if not fonts.lacking(f"{sign}{chr(selector)}")]
    assert len(written) == NAMES[sign]
    found = glyphs(written, weight)
    assert len(found) == len(set(found)) == NAMES[sign]
    assert 0 not in {glyph.number for glyph in found}


def test_letters_of_other_countries_are_printed():
    text = "Nguyễn Thị Hồng Đỗ Łukasz Ştefan Håkon Γιώργος Юлия 刘 张 陈"
    assert 0 not in {glyph.number for glyph in glyphs([text])}
    assert fonts.lacking(text) == []


def test_what_no_font_has_is_named():
    assert fonts.lacking("葛\U000e0100飾の葛\U000e0105と한と葛\U000e0105\n\t ") == ["葛\U000e0105", "한"]
    assert fonts.lacking("\U000e0100") == ["\U000e0100"]
    assert glyphs(["葛\U000e0105"]) == glyphs(["葛"])  # the character is there, without the variation


def test_the_systems_fonts_are_not_asked():
    paths = {Path(face.path) for face in fonts.collection().fonts() if face.path}
    assert {path.parent for path in paths} == {BROUGHT}
    assert fonts.in_words() == "Noto Sans CJK JP(製品に付属)"


def test_the_operators_font_comes_first_and_the_products_helps_out(own_folder):
    other_family(own_folder)
    assert fonts.families() == ["Shiken Go CJK JP", *fonts.FAMILIES]
    assert str(own_folder / "shiken.otf") in fonts.in_words()
    signs = ["辻", "Ą", "≒"]
    assert 0 not in {glyph.number for glyph in glyphs(signs)}
    assert fonts.lacking("".join(signs)) == []


@pytest.mark.parametrize("content", ["none", "not Japanese", "no font"])
def test_a_folder_without_a_japanese_font_is_said_in_words(own_folder, content):
    if content == "not Japanese":
        (own_folder / "latin.ttf").write_bytes((BROUGHT / "NotoSans-Regular.ttf").read_bytes())
    if content == "no font":
        (own_folder / "broken.otf").write_bytes((BROUGHT / "NotoSansCJKjp-Bold.otf").read_bytes()[:5000])
    with pytest.raises(fonts.NoFontError, match="KIBAN_FONTS"):
        fonts.families()


def test_the_licence_lies_beside_the_fonts():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (BROUGHT / "OFL.txt").read_text()
    told = (BROUGHT / "ATTRIBUTION.md").read_text()
    for path in [*BROUGHT.glob("*.otf"), *BROUGHT.glob("*.ttf")]:
        assert f"`{path.name}`" in told
