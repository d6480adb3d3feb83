"""The page opened under a name the server does not have: which address is right, and what the operator sets."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.test import Client

from kiban.web.middleware import KnownAddress


@pytest.fixture
def stranger(frame_only: None, settings: Any) -> Client:
    settings.ALLOWED_HOSTS = ["kiban.example.jp"]
    settings.PUBLIC_URL = "https://kiban.example.jp:8443/"
    return Client(HTTP_HOST="kaigo-server.local:8443", raise_request_exception=False)


@pytest.mark.parametrize("page", ["/gallery", "/no/such/page", "/static/kiban/kiban.css", "/fail/broken"])
def test_a_page_says_which_address_is_right(stranger: Client, page: str):
    answer = stranger.get(page)
    assert answer.status_code == 400
    assert "このアドレスでは開けません。https://kiban.example.jp:8443/ で開いてください" in answer.content.decode()
    assert answer["Content-Security-Policy"]


def test_the_port_is_the_one_that_was_reached(stranger: Client, settings: Any):
    settings.PORT = 8443
    told = stranger.get("/gallery", HTTP_HOST="kaigo-server.local:18443").content.decode()
    assert "https://kiban.example.jp:18443/ で開いてください" in told
    settings.PUBLIC_URL = "https://kiban.example.jp/"
    told = stranger.get("/gallery", HTTP_HOST="kaigo-server.local:18443").content.decode()
    assert "https://kiban.example.jp/ で開いてください" in told


def test_a_program_is_told_too(stranger: Client):
    answer = stranger.get("/api/gallery")
    assert answer.status_code == 400
    told = json.loads(answer.content)
    assert told["code"] == "unknown_address"
    assert "https://kiban.example.jp:8443/" in told["message"]


def test_the_log_names_the_setting_once_a_minute_and_no_traceback(stranger: Client, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            stranger.get("/gallery")
    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == 1
    assert "KIBAN_HOSTS" in told[0].getMessage()
    assert "kaigo-server.local" in told[0].getMessage()
    assert told[0].exc_info is None


@pytest.mark.parametrize("host", ['"><script>', "a b", "x" * 300, "試験", "", "kiban.example.jp, other"])
def test_what_is_no_name_is_not_repeated(frame_only: None, settings: Any, caplog: pytest.LogCaptureFixture, host: str):
    settings.ALLOWED_HOSTS = ["kiban.example.jp"]
    answer = Client(HTTP_HOST=host, raise_request_exception=False).get("/gallery")
    assert answer.status_code == 400
    assert "script" not in answer.content.decode().replace("<script src=", "").replace("</script>", "")
    assert not host or host not in caplog.text


def test_the_right_name_is_let_through(settings: Any):
    settings.ALLOWED_HOSTS = ["kiban.example.jp"]
    passed = KnownAddress(lambda request: request)  # type: ignore[arg-type,return-value]
    request = Client(HTTP_HOST="kiban.example.jp").request().wsgi_request
    assert passed(request) is request
