"""Which terminal is calling, and what is asked of it: by the mark of the view, in as few queries as can be."""

from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from kiban.terminals.middleware import MESSAGES, TerminalCertificate
from kiban.terminals.models import Certificate, Terminal
from kiban.terminals.services import State
from kiban.web.access import gated, public, terminal_only
from tests.cast import Cast, TlsSocket, browser
from tests.serving import real_certificate
from tests.world import hours

NOT_REGISTERED = "この端末は登録されていません"


class UnixSocket:
    family = socket.AF_UNIX


def ask(view: Any, connection: Any, path: str = "/somewhere/", **headers: str) -> HttpResponse | None:
    """What the middleware answers in the view's place; ``None``: the view may run."""
    request = RequestFactory().get(path, headers=headers, **{"gunicorn.socket": connection})
    middleware = TerminalCertificate(lambda _request: HttpResponse())
    middleware(request)
    return middleware.process_view(request, view, (), {})


def view(_request: Any) -> HttpResponse:
    return HttpResponse()


STATES: dict[State, dict[str, Any]] = {
    State.REVOKED: {"revoked_at": hours(-1)},
    State.EXPIRED: {"not_after": hours(-1)},
    State.NOT_YET_VALID: {"not_before": hours(1)},
}


@pytest.mark.parametrize("state", [State.NONE, State.UNKNOWN, *STATES])
def test_the_page_says_which_case_it_is(town, state):
    der = {State.NONE: None, State.UNKNOWN: b"nobody knows this one"}.get(state, town.manager.der)
    for column, value in STATES.get(state, {}).items():
        town.world.run(
            f"UPDATE terminals_certificate SET {column} = %s WHERE id = %s", value, town.manager.certificate_id
        )
    page = browser(None, certificate=der).get("/sign-in/")
    body = page.content.decode()
    assert page.status_code == 403
    assert NOT_REGISTERED in body
    assert [words for words in MESSAGES.values() if words in body] == [MESSAGES[state]]
    assert len(re.findall(r'<svg[^>]+role="img"[^>]+aria-label="[^"]+"', body)) == 3


def test_a_program_gets_a_code(town):
    answer = browser(None).get(reverse("api:people"))
    assert answer.status_code == 403
    assert answer.json() == {"code": "terminal_none", "message": MESSAGES[State.NONE]}


def test_the_telephone_is_shown_when_there_is_one(town, settings):
    settings.HELP_TELEPHONE = ""
    assert "問い合わせ" not in browser(None).get("/").content.decode()
    settings.HELP_TELEPHONE = "03-0000-0000"
    assert "03-0000-0000" in browser(None).get("/").content.decode()


def test_static_files_and_public_pages_ask_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert browser(None).get("/static/kiban/kiban.css").status_code == 200
        assert ask(public(view), TlsSocket(None)) is None


def test_a_gated_view_asks_for_presence_only(town, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ask(gated(view), TlsSocket(town.revoked.der)) is None  # the gate will refuse it
        refused = ask(gated(view), TlsSocket(None))
    assert refused is not None
    assert refused.status_code == 403


def test_any_other_view_costs_one_query_with_terminal_and_organisation(town, django_assert_num_queries):
    middleware = TerminalCertificate(lambda _request: HttpResponse())
    request = RequestFactory().get("/", **{"gunicorn.socket": TlsSocket(town.manager.der)})
    middleware(request)
    Terminal.objects.filter(pk=town.manager.terminal_id).update(seen_at=hours(-0.5))  # written once an hour
    Certificate.objects.filter(pk=town.manager.certificate_id).update(first_used_at=hours(-0.5))  # written once
    with django_assert_num_queries(1):
        assert middleware.process_view(request, terminal_only(view), (), {}) is None
        assert request.terminal.organisation.number == town.office.number


def test_a_connection_is_asked_for_its_certificate_once(town):
    class Counting(TlsSocket):
        asked = 0

        def getpeercert(self, binary_form: bool = False) -> bytes | None:
            Counting.asked += 1
            return super().getpeercert(binary_form)

    middleware = TerminalCertificate(lambda _request: HttpResponse())
    connection = Counting(town.manager.der)
    for _ in range(3):
        request = RequestFactory().get("/", **{"gunicorn.socket": connection})
        middleware(request)
        assert request.certificate_fingerprint == town.manager.fingerprint
    assert Counting.asked == 1


def header(town: Cast, folder: Path, verified: str = "SUCCESS") -> dict[str, str]:
    pem = real_certificate(town.world, town.manager, folder).pem()[0].read_text()
    return {"X-Kiban-Client-Cert": quote(pem), "X-Kiban-Client-Verify": verified}


def test_a_header_counts_behind_nginx_only(town, settings, tmp_path):
    headers = header(town, tmp_path)
    settings.BEHIND_NGINX = True
    assert ask(terminal_only(view), UnixSocket(), **headers) is None
    for connection in (TlsSocket(None), TlsSocket(b"another"), None):
        refused = ask(terminal_only(view), connection, **headers)
        assert refused is not None
        assert refused.status_code == 403
    settings.BEHIND_NGINX = False
    assert ask(terminal_only(view), UnixSocket(), **headers) is not None


@pytest.mark.parametrize(
    "verified", ["", "NONE", "FAILED:self-signed certificate", "FAILED:certificate revoked", "success"]
)
def test_a_certificate_nginx_did_not_accept_is_none(town, settings, tmp_path, verified):
    settings.BEHIND_NGINX = True
    refused = ask(terminal_only(view), UnixSocket(), **header(town, tmp_path, verified))
    assert refused is not None
    assert MESSAGES[State.NONE] in refused.content.decode()


@pytest.mark.parametrize(
    "text", ["garbage", "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----", "%E8%A9%A6"]
)
def test_a_header_that_is_no_certificate_is_none(settings, text):
    settings.BEHIND_NGINX = True
    headers = {"X-Kiban-Client-Cert": text, "X-Kiban-Client-Verify": "SUCCESS"}
    refused = ask(terminal_only(view), UnixSocket(), **headers)
    assert refused is not None
    assert refused.status_code == 403


def test_header_and_socket_name_a_certificate_alike(town, settings, tmp_path):
    settings.BEHIND_NGINX = True
    headers = header(town, tmp_path)
    pem = real_certificate(town.world, town.manager, tmp_path).pem()[0].read_text()
    headers["X-Kiban-Client-Cert"] = quote(pem)
    assert ask(terminal_only(view), UnixSocket(), **headers) is None
    assert ask(terminal_only(view), TlsSocket(ssl.PEM_cert_to_DER_cert(pem))) is None
