"""Layouts: recognised by their heading alone, documented, and each with a template that can be brought in."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from kiban.intake import examples, layout_page
from kiban.intake.layouts import Layout, layouts, recognise
from kiban.intake.load import load_file
from kiban.intake.refusals import FileRefusedError
from kiban.intake.source import normal
from kiban.records import kinds
from tests.intake.conftest import Desk

ROOT = Path(__file__).parents[2]


def test_no_heading_fits_two_layouts() -> None:
    for one, other in itertools.permutations(layouts(), 2):
        both = one.must_have <= other.by_heading.keys() and other.must_have <= one.by_heading.keys()
        assert not both, f"{one.key} and {other.key}"


def test_every_item_has_a_layout() -> None:
    assert [one.key for one in layouts()[4:]] == kinds.item_keys()


@pytest.mark.parametrize("one", layouts(), ids=lambda one: one.key)
def test_a_heading_is_recognised_in_any_order_width_and_with_the_least_columns(one: Layout) -> None:
    labels = [field.label for field in one.fields]
    random.Random(1).shuffle(labels)
    assert recognise([normal(f" {label}　") for label in labels]).key == one.key
    assert recognise(sorted(one.must_have)).key == one.key


@pytest.mark.parametrize("one", layouts(), ids=lambda one: one.key)
def test_what_is_wrong_with_a_heading_is_named_by_column(one: Layout) -> None:
    headings = [normal(field.label) for field in one.fields]
    lacking = next(field for field in one.fields[2:] if field.required)
    with pytest.raises(FileRefusedError, match="がありません") as caught:
        recognise([name for name in headings if name != normal(lacking.label)])
    assert f"「{lacking.label}」" in str(caught.value)
    with pytest.raises(FileRefusedError, match=f"{len(headings) + 1}列目の見出しは、この様式にありません") as caught:
        recognise([*headings, "試験花子"])
    assert "試験花子" not in str(caught.value), "a file without heading has a person there"
    with pytest.raises(FileRefusedError, match="が2つあります"):
        recognise([*headings, headings[-1]])


def test_the_page_of_layouts_is_current() -> None:
    assert (ROOT / "docs" / "layouts.md").read_text(encoding="utf-8") == layout_page.markdown()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("one", layouts(), ids=lambda one: one.key)
def test_a_template_can_be_brought_in(desk: Desk, one: Layout, encoding: str) -> None:
    desk.people(3)
    rows = list(examples.rows(one, 3, insurer=desk.insurer))
    if one.key in ("identity", "assignments"):
        names = [field.name for field in one.fields]
        for row in rows:
            medical = one.key == "assignments" and row[names.index("capacity")] == "opinion"
            kind = "medical" if medical else "office"
            row[names.index("number")] = desk.world.organisation(kind=kind).number
    path = desk.folder / "template.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        examples.write(file, one, rows)
    report = load_file(path)
    assert (report.faults, report.rows, report.layout) == ([], 3, one.key)
    assert report.charset == ("cp932" if encoding == "cp932" else "utf-8")
    assert report.added + report.changed == 3
