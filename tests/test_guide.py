"""The guide leads nowhere that is not there, and carries no picture that no chapter shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parent.parent / "docs" / "guide"
CHAPTERS = sorted(GUIDE.glob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def targets(chapter: Path) -> list[str]:
    return [target for target in LINK.findall(chapter.read_text(encoding="utf-8")) if "://" not in target]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_link_and_picture_is_there(chapter):
    assert [target for target in targets(chapter) if not (chapter.parent / target).is_file()] == []


def test_every_picture_is_shown_by_a_chapter():
    shown = {(GUIDE / target).resolve() for chapter in CHAPTERS for target in targets(chapter)}
    assert sorted(path.name for path in (GUIDE / "pictures").iterdir() if path.resolve() not in shown) == []


def test_the_table_of_contents_names_every_chapter():
    named = {target for target in targets(GUIDE / "README.md") if not target.startswith("../")}
    assert {chapter.name for chapter in CHAPTERS} - {"README.md"} == named
