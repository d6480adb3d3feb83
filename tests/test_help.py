"""Every page in the frame says what can be done on it, and no help text is left over from a page that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps

from kiban.web.access import Access
from tests import cast
from tests.cast import Cast, browser
from tests.routes import ROUTES, address, routes
from tests.world import World

TEMPLATES = Path(__file__).parent.parent / "src" / "kiban"
FRAMED = 'id="main"'
WORDS = "この画面の使い方"
EXPLAINED_BY_ITSELF = {  # the page is nothing but the explanation
    "consent:paper",
    "consent:withdrawal-paper",
    "consent:paper-empty",
    "consent:withdrawal-paper-empty",
    "consent:text",
    "consent:text-version",
}
PAGES = [
    name
    for name, row in ROUTES.items()
    if row.access not in (Access.PUBLIC, Access.TERMINAL) and row.who("opens") and name not in EXPLAINED_BY_ITSELF
]


@pytest.fixture(scope="module")
def town() -> Cast:
    return cast.build(World())


@pytest.mark.parametrize("name", PAGES)
def test_the_page_says_what_it_is_for(town, name):
    opens = ROUTES[name].who("opens")
    somebody = next(actor for one, actor in town.actors().items() if one in opens)
    page = browser(somebody).get(address(name, dict(routes())[name], town)).content.decode()
    assert FRAMED not in page or "kb-frame" not in page or WORDS in page


def test_no_help_text_without_its_page():
    names = {name for name, _ in routes()}
    texts = {
        f"{config.label}:{text.stem}"
        for config in apps.get_app_configs()
        for text in (Path(config.path) / "templates/help" / config.label).glob("*.html")
    }
    assert texts <= names


def test_a_help_text_is_written_once():
    texts = [text.read_text(encoding="utf-8") for text in TEMPLATES.rglob("templates/help/*/*.html")]
    assert len(texts) > 50
    assert len(set(texts)) == len(texts), "include the one that stands"
