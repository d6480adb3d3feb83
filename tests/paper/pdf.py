"""A text set by the typesetter with the product's fonts, and which glyphs of which fonts came of it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import typst
from pypdf import PageObject, PdfReader
from pypdf.generic import ByteStringObject, ContentStream, TextStringObject

from kiban.paper import fonts

# Each line is a text of its own; nothing but the fonts that were chosen may help out.
TEMPLATE = b"""#let data = json(bytes(sys.inputs.data))
#set page(width: 2000mm, height: 10000mm, margin: 5mm)
#set text(font: data.fonts, weight: data.weight, fallback: false)
#for line in data.lines [#line #linebreak()]
"""


@dataclass(frozen=True)
class Glyph:
    """A glyph on the page: 0 is the empty box of a character the font lacks."""

    font: str
    number: int


def glyphs(lines: list[str], weight: str = "regular") -> list[Glyph]:
    """The glyphs of all lines, in their order on the page."""
    data = json.dumps({"lines": lines, "fonts": fonts.families(), "weight": weight})
    compiler = typst.Compiler(TEMPLATE, font_paths=fonts.collection(), ignore_system_fonts=True)
    made = compiler.compile(sys_inputs={"data": data}, format="pdf")
    assert isinstance(made, bytes)
    reader = PdfReader(io.BytesIO(made))
    return [glyph for page in reader.pages for glyph in on_page(page, reader)]


def on_page(page: PageObject, reader: PdfReader) -> list[Glyph]:
    found: list[Glyph] = []
    resources: Any = page["/Resources"]
    font = ""
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"Tf":
            font = str(resources["/Font"][operands[0]]["/BaseFont"]).split("+")[-1]
        elif operator in (b"Tj", b"TJ"):
            shown = operands[0] if operator == b"TJ" else operands
            for part in shown:
                if isinstance(part, (ByteStringObject, TextStringObject)):
                    code = part.original_bytes
                    found += [Glyph(font, int.from_bytes(code[at : at + 2])) for at in range(0, len(code), 2)]
    return found
