"""ふりがな and やさしい日本語: they stand beside the text that is agreed to, and change nothing of it."""

from __future__ import annotations

import re

import pytest

from kiban.consent import easy, explanation, readings
from tests.cast import Cast, browser
from tests.consent.typed import consent_page
from tests.pages import text

KANJI = re.compile("[\u3400-\u9fff々]")
WRITTEN = [
    words
    for sections in (*(one.sections for one in explanation.TEXTS.values()), *easy.EASY.values())
    for section in sections
    for words in (section.heading, *section.paragraphs)
]


@pytest.mark.parametrize("words", WRITTEN)
def test_every_word_has_its_reading_and_stays_as_it_was(words: str):
    noted = readings.noted(words)
    assert readings.without_readings(noted) == words
    bare = re.sub("[\u3400-\u9fff々]+《[ぁ-ん]+》", "", noted)
    assert not KANJI.search(bare), bare


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("何のための", "何《なん》のための"),
        ("何を見たか", "何《なに》を見《み》たか"),
        ("市町村に代わって", "市町村《しちょうそん》に代《か》わって"),
        ("記入した日", "記入《きにゅう》した日《ひ》"),
        ("時から", "時《とき》から"),
    ],
)
def test_what_is_read_in_two_ways_is_read_as_it_stands_here(words: str, read: str):
    assert readings.noted(words) == read


def test_tags_and_names_are_left_alone():
    begin, end = readings.AS_IS
    shown = readings.with_ruby(f'<p title="情報">情報 {begin}前田 家子{end}</p>')
    assert 'title="情報"' in shown
    assert "前田 家子" in shown and begin not in shown and end not in shown
    assert "<ruby>情報<rp>(</rp><rt>じょうほう</rt><rp>)</rp></ruby>" in shown


def test_the_current_text_is_explained_in_easy_words_section_by_section():
    easy_sections = easy.EASY[explanation.CURRENT]
    assert len(easy_sections) == len(explanation.TEXTS[explanation.CURRENT].sections) + 1  # and: what to ask


def plain(markup: str) -> str:
    """What is read on the page, without the readings above it."""
    return re.sub("<[^>]*>", "", re.sub("<rp>.*?</rp>|<rt>.*?</rt>", "", markup))


@pytest.mark.parametrize("address", ["form/", "form/withdrawal/"])
def test_the_paper_with_readings_says_word_for_word_the_same(town: Cast, address: str):
    client, page = browser(town.manager), consent_page(town.person, address)
    usual, read = text(client.get(page)), text(client.get(f"{page}?with=furigana"))
    inside = lambda shown: "".join(plain(shown[shown.index('<div class="kb-paper') : shown.index("<footer")]).split())  # noqa: E731
    assert inside(read) == inside(usual)
    assert "<rt>どうい</rt>" in read and "<ruby>" not in usual
    assert town.person.name.replace(" ", "\u00a0") in read


def test_easy_words_stand_beside_the_agreed_text_and_say_what_they_are(town: Cast):
    client = browser(town.manager)
    for page in (consent_page(town.person, "form/"), "/consent/form/", "/consent/text/"):
        shown = plain(text(client.get(f"{page}?with=easy")))
        assert "「いやです」と言ってもいいですか" in shown
        assert f"同意していただくのは、「説明文 {explanation.CURRENT}版」の文です" in shown
        for section in explanation.TEXTS[explanation.CURRENT].sections:
            assert all(paragraph in shown for paragraph in section.paragraphs)
        assert "やさしい日本語の説明を添える" in text(client.get(page))
    assert "<ruby>" not in text(client.get("/consent/text/?with=romaji"))


def test_an_older_text_has_readings_and_no_easy_words_of_another(town: Cast):
    old = next(iter(explanation.TEXTS))
    shown = text(browser(town.manager).get(f"/consent/text/{old}/?with=easy"))
    assert "kb-easy" not in shown and "やさしい日本語の説明を添える" not in shown
