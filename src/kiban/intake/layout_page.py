"""docs/layouts.md: every CSV layout, written from the layouts themselves (``kiban load --layouts --markdown``)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from kiban.intake.layouts import Layout, layouts
from kiban.records.fields import Field

HEAD = files("kiban.intake").joinpath("layouts_head.md")


def markdown() -> str:
    """The whole page."""
    return "\n".join([HEAD.read_text(encoding="utf-8"), *(line for layout in layouts() for line in _section(layout))])


def _section(layout: Layout) -> Iterator[str]:
    yield f"## {layout.label}"
    yield ""
    yield f"様式の名前: `{layout.key}`。{layout.about}"
    yield ""
    yield "| 見出し | 英語名 | 型 | 必須 | 書き方 |"
    yield "|---|---|---|---|---|"
    for field in layout.fields:
        yield "| " + " | ".join(_cells(field)) + " |"
    rules = [check.reason for check in layout.checks]
    if rules:
        yield ""
        yield "欄どうしの決まり(当てはまる行は取り込みません):"
        yield ""
        for rule in rules:
            yield f"- {rule}"
    yield ""


def _cells(field: Field) -> tuple[str, ...]:
    note = field.note().replace("|", "\\|")
    return field.label, f"`{field.name}`", field.type_name, "○" if field.required else "", note
