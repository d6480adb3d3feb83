from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import requirements
from tests.browser.chromium import started
from tests.cast import Cast
from tests.serving import Serving, cookie, real_certificate, serving
from tests.world import Actor

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for the browser first: no server, and no database, is started for a test that is skipped."""
    if item.get_closest_marker("browser"):
        requirements.program("chromium")


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving() as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def at_terminal(
    server: Serving, chromium: Browser, town: Cast, tmp_path: Path
) -> Iterator[Callable[[Actor | None], Page]]:
    """A page at an actor's terminal (real certificate, signed in), or at a PC without a certificate."""
    contexts = []

    def open_page(actor: Actor | None, *, signed_in: bool = True, size: dict[str, int] = WIDE) -> Page:
        options = {}
        if actor is not None:
            card = real_certificate(town.world, actor, tmp_path / actor.login_id)
            options = {
                "client_certificates": [{"origin": server.origin, "pfx": card.pkcs12, "passphrase": card.password}]
            }
        context = chromium.new_context(
            base_url=server.origin, ignore_https_errors=True, viewport=size, locale="ja-JP", **options
        )
        contexts.append(context)
        if actor is not None and signed_in:
            context.add_cookies([cookie(actor, server)])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
