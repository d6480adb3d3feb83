"""The frame of every page: who sits where, where one may go, and what stays out of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import NoReverseMatch

from kiban.ops.room import Place
from kiban.web import navigation
from kiban.web.navigation import MOST_PLACES
from tests.web.conftest import forget
from tests.web.gallery import SEAT


def test_header_names_office_terminal_person_and_the_way_out(client: Client):
    header = re.search(r"<header.*?</header>", client.get("/gallery").content.decode(), re.S)[0]
    for words in (
        SEAT.organisation_name,
        SEAT.organisation_number,
        SEAT.terminal_name,
        SEAT.person_name,
        SEAT.job_name,
    ):
        assert words in header
    assert '<form action="/sign-out" method="post">' in header
    assert "csrfmiddlewaretoken" in header


def test_a_page_without_a_seat_names_nobody_and_offers_no_way_out(client: Client):
    text = client.get("/nobody").content.decode()
    assert "終了" not in text
    assert "出力者" not in text


def test_printed_footer_says_who_when_and_where(client: Client):
    text = re.sub(r"\s+", " ", client.get("/gallery").content.decode())
    footer = re.search(r"<footer.*?</footer>", text)[0]
    assert "出力者: 介護支援専門員 試験 支援子" in footer
    assert SEAT.organisation_name in footer
    assert re.search(r"出力日時: 令和\d+年\d+月\d+日 \d\d:\d\d", footer)


def test_places_stand_in_order_and_the_current_one_is_marked(frame_only: None):
    links = navigation.links("/people/abc/plan", administrator=True)
    assert re.findall(r">([^<]+)</a>", links) == ["今日", "利用者", "職員"]
    assert '<a href="/people/" aria-current="page">利用者</a>' in links
    assert links.count("aria-current") == 1


def test_administrators_places_are_not_shown_to_others(frame_only: None):
    assert "職員" not in navigation.links("/", administrator=False)


def test_the_first_page_is_not_the_place_of_every_address(frame_only: None):
    assert "aria-current" not in navigation.links("/elsewhere", administrator=True)
    assert '<a href="/" aria-current="page">' in navigation.links("/", administrator=True)


def test_a_place_without_a_page_is_a_mistake(frame_only: None, monkeypatch: pytest.MonkeyPatch):
    from django.apps import apps

    monkeypatch.setattr(apps.get_app_config("web"), "navigation", [Place(1, "無い", "web:nowhere")], raising=False)
    forget()
    with pytest.raises(NoReverseMatch):
        navigation.places(administrator=True)


def test_the_platform_itself_has_at_most_seven_places_and_all_lead_somewhere():
    assert len(navigation.places(administrator=True)) <= MOST_PLACES


@pytest.mark.parametrize("address", ["/gallery", "/steps", "/nobody", "/fail/broken"])
def test_pages_carry_nothing_inline(client: Client, address: str):
    text = client.get(address).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


def test_messages_are_shown_with_their_kind_in_words(client: Client):
    text = client.get("/gallery?messages").content.decode()
    assert re.search(r"済みました</span>端末「相談室PC」を登録しました。", text)
    assert re.search(r"ご注意</span>証明書はあと12日で切れます。", text)
