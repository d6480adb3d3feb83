"""Sheets as PDF: each with its own form on pages of its own, one print at a time, and in a Japanese font."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import typst
from django.apps import apps
from pypdf import PdfReader

from kiban.ops.room import Finding, State
from kiban.paper import fonts, printing
from kiban.paper.printing import Sheet, pdf
from tests.paper.printed import FOOT, pages


def sheet(name: str) -> Sheet:
    """A sheet with nothing on it but a name."""
    empty = {"written_on": "", "hours": [], "days": [], "activities": [], "other": ""}
    return {"template": "plans/sheets.typ", "form": "sheet3", "name": name, **empty}


def test_every_sheet_begins_a_page_and_has_its_name_at_the_foot():
    shown = pages([sheet("試験 花子"), sheet("試験 太郎") | {"number": "0000000011", "month": "令和8年10月分"}])
    assert len(shown) == 2
    assert "試験花子様" in shown[0] and "1/2" in shown[0] and "太郎" not in shown[0]
    assert "試験太郎様0000000011令和8年10月分" in shown[1]
    assert all("出力試験出力者令和8年11月23日(2026年)13:05" in page for page in shown)


@pytest.mark.parametrize(
    "change", [{"template": "../outside.typ"}, {"template": "plans/nothing.typ"}, {"form": "sheet9"}]
)
def test_a_form_that_is_not_in_the_package_is_refused(change):
    with pytest.raises(typst.TypstError):
        pdf([sheet("試験 花子") | change], FOOT)


def test_nothing_to_print_says_so():
    assert "印刷するものはありません" in pages([])[0]


def test_without_a_japanese_font_the_sentence_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("KIBAN_FONTS", str(tmp_path))
    fonts.chosen.cache_clear()
    with pytest.raises(fonts.NoFontError, match="KIBAN_FONTS"):
        pdf([], FOOT)
    monkeypatch.undo()
    fonts.chosen.cache_clear()


def test_several_print_at_once_and_each_gets_its_own():
    def names_on(number: int) -> set[str]:
        return set(re.findall(r"識別\d+番", "".join(pages([sheet(f"識別{number}番")] * 3))))

    with ThreadPoolExecutor(4) as several:
        assert list(several.map(names_on, range(16))) == [{f"識別{number}番"} for number in range(16)]


def test_the_template_is_read_once():
    assert printing._compiler() is printing._compiler()


def test_the_doctor_says_which_font_prints(monkeypatch, tmp_path):
    def font_findings() -> list[Finding]:
        fonts.chosen.cache_clear()
        return list(apps.get_app_config("web").health())

    assert font_findings() == [Finding("印刷のフォント: Noto Sans CJK JP(製品に付属)")]
    with monkeypatch.context() as patched:
        patched.setenv("KIBAN_FONTS", str(tmp_path))
        (without,) = font_findings()
    assert without.state is State.BAD and "KIBAN_FONTS" in without.remedy
    assert font_findings()[0].state is State.OK


def test_a_long_name_in_latin_letters_breaks_within_the_word():
    name = "NGUYENTHIPHUONGTHAOELISABETHMARIACHRISTINADESCONOCIDOGARCIA" * 4
    page = PdfReader(io.BytesIO(pdf([sheet(name)], FOOT))).pages[0]
    lines = re.findall("[A-Z]{12,}", page.extract_text().replace("\u200b", ""))
    assert "".join(lines) == name * 2, "in the sheet and at its foot"
    assert all(len(line) < 150 for line in lines), "no line is longer than the paper"
