"""A font file's own word on its characters: what it says is what the typesetter finds."""

from __future__ import annotations

import struct

import pytest

from kiban.paper import cmap
from kiban.paper.cmap import NotAFontError
from kiban.paper.fonts import BROUGHT

REGULAR = BROUGHT / "NotoSansCJKjp-Regular.otf"


def font(*tables: bytes, numbers: tuple[int, ...] = ()) -> bytes:
    """A file with nothing but a table of characters in it."""
    heads, bodies = b"", b""
    for number, table in enumerate(tables):
        heads += struct.pack(">HHI", 3, numbers[number] if numbers else 1, 4 + 8 * len(tables) + len(bodies))
        bodies += table
    content = struct.pack(">HH", 0, len(tables)) + heads + bodies
    return struct.pack(">IHHHH4s3I", 0x10000, 1, 0, 0, 0, b"cmap", 0, 28, len(content)) + content


SEGMENTS = struct.pack(
    ">7H3HH3H3H3H2H", 4, 0, 0, 6, 0, 0, 0,
    0x42, 0x3043, 0xFFFF, 0, 0x41, 0x3042, 0xFFFF, 0xFFC0, 0, 1, 0, 4, 0, 7, 0,
)  # fmt: skip
GROUPS = struct.pack(">HHIII3I3I", 12, 0, 0, 0, 2, 0x41, 0x42, 1, 0x20BB7, 0x20BB7, 3)
SEQUENCES = (
    struct.pack(">HII", 14, 0, 1) + b"\x0e\x01\x00" + struct.pack(">II", 21, 29)
    + struct.pack(">I", 1) + b"\x00\x84\x5b\x01" + struct.pack(">I", 1) + b"\x00\x8f\xbb" + b"\x00\x05"
)  # fmt: skip


def read(content: bytes, tmp_path, face: int = 0) -> cmap.Characters:
    (tmp_path / "a.ttf").write_bytes(content)
    return cmap.read(tmp_path / "a.ttf", face)


def test_ranges_of_the_first_plane(tmp_path):
    assert read(font(SEGMENTS), tmp_path).single == {0x41, 0x42, 0x3042}  # the glyph of U+3043 is 0: none


def test_ranges_of_all_planes_before_those_of_the_first(tmp_path):
    assert read(font(SEGMENTS, GROUPS), tmp_path).single == {0x41, 0x42, 0x20BB7}


def test_variation_sequences_with_and_without_a_glyph_of_their_own(tmp_path):
    found = read(font(GROUPS, SEQUENCES), tmp_path).sequences
    assert found == {(0x845B, 0xE0100), (0x845C, 0xE0100), (0x8FBB, 0xE0100)}


def test_a_face_of_a_collection(tmp_path):
    one = font(GROUPS)
    head = struct.pack(">4sIII", b"ttcf", 0x10000, 1, 16)
    shifted = one[:20] + struct.pack(">I", 28 + 16) + one[24:]
    assert read(head + shifted, tmp_path).single == {0x41, 0x42, 0x20BB7}


def test_what_is_no_font_says_so_without_its_content(tmp_path):
    for content in (b"", b"not a font at all" * 3, REGULAR.read_bytes()[:3000], font(GROUPS)[:-5],
                    font(struct.pack(">HHIII3I", 12, 0, 0, 0, 1, 0, 0xFFFFFFFF, 1))):  # fmt: skip
        with pytest.raises(NotAFontError, match=r"^a\.ttf$"):
            read(content, tmp_path)


def test_the_products_fonts():
    found = cmap.read(REGULAR)
    assert len(found.single) == 23_093 and len(found.sequences) == 14_787
    assert len(cmap.read(BROUGHT / "NotoSansCJKjp-Bold.otf").sequences) == 14_787
    assert len(cmap.read(BROUGHT / "NotoSans-Regular.ttf").single) > 1_800
