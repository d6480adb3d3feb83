"""この端末を点検する: what the server sees of a terminal in each state, and what is kept of a check."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from hypothesis import given
from hypothesis import strategies as st

from kiban.terminals import diagnosis
from kiban.terminals.models import Certificate, Check, SetUpStep, Terminal
from tests.cast import Cast, browser
from tests.pages import text
from tests.terminals.making import PASSWORD, made_by
from tests.world import hours

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
CHROME = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:90.0) Gecko/20100101 Firefox/90.0"
SAFARI = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Mobile/15E Safari/604.1"


def test_a_good_terminal_is_told_so_without_signing_in(town: Cast):
    client = browser(None, certificate=town.manager.der, HTTP_USER_AGENT=EDGE)
    shown = text(client.get("/check/"))
    assert Terminal.objects.get(pk=town.manager.terminal_id).name in shown
    assert "Microsoft Edge 131(Windows)です" in shown
    assert "http://127.0.0.1:35900" in client.get("/check/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"revoked_at": hours(-1)}, "失効しています"),
        ({"not_after": hours(-1)}, "有効期限が切れています"),
        ({"not_before": hours(1)}, "端末の時計も確かめてください"),
        ({"not_after": hours(24 * 10)}, "この端末の証明書」を開き、新しくしてください"),
    ],
    ids=["revoked", "expired", "not yet", "soon"],
)
def test_what_is_wrong_with_a_certificate_and_what_to_do(town: Cast, change, words):
    Certificate.objects.filter(pk=town.manager.certificate_id).update(**change)
    shown = text(browser(None, certificate=town.manager.der).get("/check/"))
    assert words in shown
    assert ("この結果を台帳に残す" in shown) is (words.startswith("この端末の"))


def test_a_certificate_of_another_authority_and_none_at_all(town: Cast):
    packed, _ = made_by(None, None, "foreign", ends=hours(1000).replace(microsecond=0))
    foreign = pkcs12.load_pkcs12(packed, PASSWORD).cert.certificate.public_bytes(Encoding.DER)
    shown = browser(None, certificate=foreign).get("/check/")
    assert "台帳に登録されていません" in text(shown)
    assert "証明書が入っていないか" in text(browser(None).get("/check/"))
    assert browser(None).post("/check/", {"clock": "0"}).status_code == 422
    assert not Check.objects.filter(terminal_id=town.manager.terminal_id).exists()


def test_a_check_is_kept_and_fills_the_ledger(town: Cast):
    client = browser(None, certificate=town.manager.der, HTTP_USER_AGENT=CHROME)
    assert client.post("/check/", {"clock": "-2", "card": "no_card"}).status_code == 302
    check = Check.objects.get(terminal_id=town.manager.terminal_id)
    assert (check.is_good, check.results["faults"]) == (True, [])
    terminal = Terminal.objects.get(pk=town.manager.terminal_id)
    assert (terminal.os, terminal.browser) == ("macOS", "Google Chrome")
    assert SetUpStep.objects.filter(terminal=terminal, step="reader").exists()
    assert "よい" in text(browser(town.administrator).get(f"/terminals/{terminal.pk}/"))


def test_a_wrong_clock_and_an_absent_card_client_are_told_to_the_administrator(town: Cast):
    client = browser(None, certificate=town.manager.der, HTTP_USER_AGENT=EDGE)
    client.post("/check/", {"clock": "7300", "card": "absent"})
    check = Check.objects.get(terminal_id=town.manager.terminal_id)
    assert not check.is_good
    page = text(browser(town.administrator).get(f"/terminals/{town.manager.terminal_id}/"))
    assert "端末の時計: 約2時間進んでいます。" in page
    assert "カード読み取りソフト(kiban-card)が動いていません" in page
    assert not SetUpStep.objects.filter(terminal_id=town.manager.terminal_id, step="reader").exists()


def test_where_no_card_is_used_the_reader_is_no_fault(town: Cast):
    browser(town.administrator).post(f"/terminals/{town.manager.terminal_id}/set-up/reader/", {"without-card": "1"})
    client = browser(None, certificate=town.manager.der, HTTP_USER_AGENT=EDGE)
    client.post("/check/", {"clock": "0", "card": "absent"})
    assert Check.objects.get(terminal_id=town.manager.terminal_id).is_good


@pytest.mark.parametrize("nonsense", [{"clock": "soon"}, {"card": "pin_locked"}, {"clock": "9" * 30}])
def test_what_no_script_of_ours_says_is_not_kept(town: Cast, nonsense):
    client = browser(None, certificate=town.manager.der, HTTP_USER_AGENT=EDGE)
    assert client.post("/check/", nonsense).status_code == 422
    assert not Check.objects.filter(terminal_id=town.manager.terminal_id).exists()


@pytest.mark.parametrize(
    ("agent", "browser_", "system", "is_good"),
    [
        (EDGE, ("Microsoft Edge", 131), "Windows", True),
        (CHROME, ("Google Chrome", 131), "macOS", True),
        (FIREFOX, ("Firefox", 90), "Windows", False),
        (SAFARI, ("Safari", 17), "iPadOS", True),
        ("curl/8.0", None, "", False),
    ],
)
def test_browsers_are_told_apart(agent, browser_, system, is_good):
    assert diagnosis.browser_of(agent) == browser_
    assert diagnosis.system_of(agent) == system
    assert diagnosis.browser(agent).is_good is is_good


@given(st.text())
def test_any_agent_is_read(agent):
    assert diagnosis.browser(agent).words


@given(st.integers(-diagnosis.LONGEST_OFF, diagnosis.LONGEST_OFF))
def test_a_clock_is_wrong_beyond_a_minute_either_way(seconds):
    item = diagnosis.clock(seconds)
    assert item.is_good is (abs(seconds) <= 60)
    assert item.is_good or ("進んで" if seconds > 0 else "遅れて") in item.words
