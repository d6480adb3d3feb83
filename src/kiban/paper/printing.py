"""Sheets on A4 as PDF: ``pdf(sheets, Foot(office, by, at))``.

Typst sets them: the frame of a page is ``page.typ``, what tables are made of is ``tables.typ``, and each sheet has its
form in a template of the room it belongs to. What is printed goes in as JSON and is never read as markup
(``docs/algorithms/printing.md``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from kiban.paper import fonts
from kiban.terms import wareki

# What a form prints, by name. Besides: ``template`` (the room's typst file, from the package's folder), ``form`` (its
# name there), and ``name`` (of the person; at the foot of every page, with ``number`` and ``month`` if there are any).
Sheet = dict[str, Any]
PAGE = Path(__file__).with_name("page.typ")
ROOT = PAGE.parent.parent  # the package: typst reads nothing outside it
# A compiler that is at work refuses a second thread, and a large print takes much memory: one at a time.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Foot:
    """What stands under every page: 事業所名, 出力者, 出力日時."""

    office: str
    by: str
    at: str

    @classmethod
    def now(cls, office: str, by: str, moment: dt.datetime) -> Foot:
        """``moment``: local time."""
        return cls(office, by, f"{wareki.to_wareki_full(moment.date())} {moment:%H:%M}")


def pdf(sheets: list[Sheet], foot: Foot) -> bytes:
    """The sheets as one PDF, each beginning on a page of its own.

    Raises:
        fonts.NoFontError: the operator's own fonts are not Japanese.
    """
    marked = [{**sheet, "lacking": _lacking([*_texts(sheet), foot.office, foot.by])} for sheet in sheets]
    data = json.dumps({"sheets": marked, "foot": asdict(foot), "fonts": fonts.families()}, ensure_ascii=False)
    with _ONE_AT_A_TIME:
        made = _compiler().compile(sys_inputs={"data": data}, format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("a single document was asked for")
    return made


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(PAGE, root=ROOT, font_paths=fonts.collection(), ignore_system_fonts=True)


def _lacking(texts: list[str]) -> str:
    """What cannot be printed as it is written, with code points: the sign itself would not say which it is."""
    return "、".join(
        f"{sign}({' '.join(f'U+{ord(part):04X}' for part in sign)})" for sign in fonts.lacking("\n".join(texts))
    )


def _texts(value: Any) -> Iterator[str]:
    """Every string of a sheet."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _texts(part)
