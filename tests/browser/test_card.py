"""A My Number card on the registration page: Chromium, the real server, the real client, an emulated card."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, expect

from tests import requirements
from tests.browser.chromium import ARGUMENTS
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at
from tests.card.authorities import Authority, auth_authority, rsa_key
from tests.card.emulator import EmulatedCard
from tests.card.reader import VirtualReader, virtual_reader
from tests.card.terminal import Client, card_client, settings_for
from tests.serving import Serving, free_port, serving

pytestmark = pytest.mark.browser

PIN = "利用者証明用の暗証番号"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server that trusts the emulated cards and knows where the client listens."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings_for(tmp_path_factory.mktemp("anchors"), free_port()).items():
            environment.setenv(name, value)
        with serving() as started:
            yield started


@pytest.fixture(scope="module")
def reader() -> Iterator[VirtualReader]:
    with virtual_reader() as found:
        yield found


def client_port(page: Page) -> int:
    """Where the page looks for the client."""
    address = page.locator("[data-kb-card]").get_attribute("data-client")
    assert address is not None
    return int(address.rsplit(":", 1)[1])


def fresh_card(**more: object) -> EmulatedCard:
    certificate = auth_authority().issue(rsa_key("card").public_key())
    return EmulatedCard.make(certificate=certificate, **more)  # type: ignore[arg-type]


@pytest.fixture
def page(at_terminal, town) -> Page:
    page = at_terminal(town.manager)
    page.goto("/people/register/")
    return page


@pytest.fixture
def client(page: Page, server: Serving, reader: VirtualReader) -> Iterator[Client]:
    with card_client(server.origin, client_port(page)) as started:
        yield started


def press(page: Page, pin: str) -> None:
    page.get_by_label(PIN).fill(pin)
    page.get_by_role("button", name="本人を確認する").click()


def told(page: Page, words: str) -> None:
    expect(page.locator("[data-kb-card-told]")).to_contain_text(words)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_reading_a_card(page, client, reader, size):
    width = size["width"]
    page.set_viewport_size(size)
    looked_at(page, f"card-before-{width}")
    with reader.card(fresh_card()) as card:
        page.get_by_role("button", name="カードを読む").click()
        told(page, "マイナンバーカードを使えます")
        expect(page.get_by_label(PIN)).to_be_focused()
        expect(page.locator("[data-kb-card-tries]")).to_have_text("あと3回試せます")
        looked_at(page, f"card-pin-{width}")
        press(page, "9999")
        told(page, "暗証番号が違います")
        expect(page.get_by_label(PIN)).to_have_value("")
        press(page, "12")
        told(page, "数字4桁")
        page.get_by_label(PIN).fill("1234")
        page.keyboard.press("Enter")  # the card's, not the form's
        told(page, "カードで本人を確認しました")
        looked_at(page, f"card-read-{width}")
    assert card.signatures == 1
    assert page.get_by_label("マイナンバーカード", exact=True).is_checked()
    assert len(page.locator("input[name=proof]").input_value()) == 64


def test_the_last_try(page, client, reader):
    with reader.card(fresh_card(tries=1)) as card:
        page.get_by_role("button", name="カードを読む").click()
        told(page, "あと1回しか試せません")
        press(page, "9999")
        told(page, "四角に印を付けてください")
        assert card.pin_tries_seen == 0
        page.get_by_label("あと1回しか試せないことを知ったうえで").check()
        looked_at(page, "card-last-try")
        press(page, "9999")
        told(page, "暗証番号がロックされています")
        expect(page.get_by_label(PIN)).to_be_hidden()
    assert page.locator("input[name=proof]").input_value() == ""


def test_no_card_another_card_a_foreign_card(page, client, reader):
    page.get_by_role("button", name="カードを読む").click()
    told(page, "カードが読み取れません")
    looked_at(page, "card-none")
    with reader.card(EmulatedCard.make(my_number_card=False)):
        page.get_by_role("button", name="カードを読む").click()
        told(page, "マイナンバーカードとして読み取れません")
    foreign = Authority.make().issue(rsa_key("card").public_key())
    with reader.card(EmulatedCard.make(certificate=foreign)):
        page.get_by_role("button", name="カードを読む").click()
        told(page, "マイナンバーカードを使えます")
        press(page, "1234")
        told(page, "信頼できる発行元のカードではありません")


def test_no_client_and_one_for_another_site(page, reader):
    page.get_by_role("button", name="カードを読む").click()
    told(page, "ソフトが動いているか確かめてください")
    looked_at(page, "card-no-client")
    with card_client("https://elsewhere.example", client_port(page)):
        page.get_by_role("button", name="カードを読む").click()
        told(page, "このサイトで使う設定になっていません")


@pytest.fixture
def elsewhere(chromium: Browser, client: Client) -> Iterator[Page]:
    """The card's part of a page, on a site that the browser takes for one of the network and not of this machine.

    A site of its own, because the browser reaches the server of these tests through Playwright's proxy, which holds
    the terminal's certificate and is on this machine whatever the server is.
    """
    inner = render_to_string(
        "assignment/card_reading.html", {"set_up": True, "client": f"http://127.0.0.1:{client.port}"}
    )
    scripts = {name: finders.find(name) for name in ("kiban/card-client.js", "kiban/card.js")}
    content = {
        "/": f"<!doctype html><html lang=ja><title>card</title><form>{inner}</form>".encode(),
        **{f"/static/{name}": Path(str(found)).read_bytes() for name, found in scripts.items()},
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in content else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8" if self.path == "/" else "text/javascript")
            self.end_headers()
            self.wfile.write(content.get(self.path, b""))

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        network = f"--ip-address-space-overrides=127.0.0.1:{site.server_port}=public"
        program = requirements.program("chromium")
        browser = chromium.browser_type.launch(executable_path=program, args=[*ARGUMENTS, network])
        try:
            page = browser.new_context(base_url=f"http://127.0.0.1:{site.server_port}").new_page()
            page.goto("/")
            yield page
        finally:
            browser.close()
            site.shutdown()
            thread.join()


def test_the_browser_has_to_be_allowed(elsewhere):
    """Chromium's Local Network Access; once allowed it is the client that decides."""
    elsewhere.get_by_role("button", name="カードを読む").click()
    told(elsewhere, "ブラウザーが、この端末のカード読み取りソフト(kiban-card)へのアクセスを止めています")
    elsewhere.context.grant_permissions(["local-network-access"])
    elsewhere.get_by_role("button", name="カードを読む").click()
    told(elsewhere, "このサイトで使う設定になっていません")


def test_only_this_page_may_reach_the_client(page):
    answer = page.request.get("/people/register/")
    assert f"connect-src 'self' http://127.0.0.1:{client_port(page)};" in answer.headers["content-security-policy"]
    assert "connect-src 'self';" in page.request.get("/people/").headers["content-security-policy"]
