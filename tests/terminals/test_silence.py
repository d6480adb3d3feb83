"""Connections that say nothing stop nobody; what comes in pieces is understood; what is no request is told so."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import cast, silence
from tests.serving import Serving, real_certificate, serving, tls
from tests.world import World

pytestmark = pytest.mark.server

LIMIT = 10.0  # seconds, for handshake, head and body each
REQUEST = b"GET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving() as started:
        yield started


def visit(server: Serving, source: str = "127.0.0.2") -> float:
    """An ordinary visitor's time in seconds, from opening the connection to the whole answer."""
    began = time.monotonic()
    connection = http.client.HTTPSConnection(
        "127.0.0.1", server.port, context=silence.trusting(), timeout=20, source_address=(source, 0)
    )
    connection.request("GET", "/health/", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"ok")
    connection.close()
    return time.monotonic() - began


@pytest.mark.parametrize("source", ["127.0.0.2", "127.0.0.1"], ids=["elsewhere", "the same address"])
def test_a_hundred_silent_connections_stop_nobody(server, source):
    with silence.held(server.port, 100):
        assert max(visit(server, source) for _ in range(20)) < 1.0


@pytest.mark.parametrize("kind", silence.KINDS)
def test_many_of_one_kind_stop_nobody(server, kind):
    with silence.held(server.port, 40, kinds=(kind,)):
        assert max(visit(server) for _ in range(5)) < 1.0


def test_more_from_one_address_than_it_may_have_stop_nobody(server):
    with silence.held(server.port, 450, kinds=("nothing", "half a hello")):
        assert visit(server, "127.0.0.1") < 1.0
        assert visit(server) < 1.0


def test_each_is_let_go_in_time(server):
    opened = [start(server.port, "127.0.0.1") for start in silence.KINDS.values()]
    with ThreadPoolExecutor(len(opened)) as waiting:
        kept = list(waiting.map(lambda one: silence.seconds_until_closed(one, LIMIT + 5), opened))
    assert max(kept) < LIMIT + 2
    assert min(kept) > LIMIT / 2, "nobody is hurried either"


def test_a_trickle_is_no_progress(server):
    with silence.KINDS["a slow body"](server.port, "127.0.0.1") as connection:
        began = time.monotonic()
        connection.settimeout(0.5)
        with pytest.raises((ConnectionError, ssl.SSLError, EOFError)):
            while time.monotonic() < began + LIMIT + 5:
                connection.sendall(b"x")
                try:
                    if not connection.recv(1):
                        raise EOFError
                except TimeoutError:
                    continue


def test_who_does_not_read_the_answer_holds_no_thread(server):
    """Requests for the largest file anybody may have, on connections that take only a few bytes at a time."""
    opened = []
    for _ in range(20):
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect(("127.0.0.1", server.port))
        opened.append(silence.trusting().wrap_socket(plain, server_hostname="localhost"))
        opened[-1].sendall(b"GET /static/kiban/kiban.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
    ends = time.monotonic() + LIMIT / 2
    while time.monotonic() < ends:  # until all buffers in between are full
        assert visit(server) < 2.0
    for one in opened:
        one.close()


def test_a_browser_that_waits_is_answered_when_it_asks(server):
    connection = silence.KINDS["nothing after the handshake"](server.port, "127.0.0.1")
    time.sleep(3)  # a browser opens connections ahead of use
    connection.sendall(REQUEST)
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    time.sleep(LIMIT + 2)  # after the first request it may be kept longer
    connection.sendall(REQUEST)
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    connection.close()


def test_an_office_behind_one_address_is_not_shut_out(server):
    """Connections that were used once do not count: a whole office may keep them."""
    context, opened = silence.trusting(), []
    for _ in range(250):
        plain = socket.create_connection(("127.0.0.1", server.port), 5)
        opened.append(context.wrap_socket(plain, server_hostname="localhost"))
        opened[-1].sendall(REQUEST)
        assert opened[-1].recv(65536).startswith(b"HTTP/1.1 200")
    for one in opened:
        one.sendall(REQUEST)
        assert one.recv(65536).startswith(b"HTTP/1.1 200")
        one.close()


def test_a_request_in_pieces_and_two_at_once(server):
    with silence.KINDS["nothing after the handshake"](server.port, "127.0.0.1") as connection:
        for start in range(0, len(REQUEST), 7):
            connection.sendall(REQUEST[start : start + 7])
            time.sleep(0.01)
        assert connection.recv(65536).count(b"HTTP/1.1 200") == 1
        connection.sendall(REQUEST + REQUEST)
        answer = b""
        while answer.count(b"HTTP/1.1 200") < 2:
            answer += connection.recv(65536)


def said(server: Serving, *pieces: bytes) -> bytes:
    with silence.KINDS["nothing after the handshake"](server.port, "127.0.0.1") as connection:
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"GET /health/ HTTP/1.1\r\n\r\n", b"400"),  # no Host
        (b"GET /health/ HTTP/1.0\r\n\r\n", b"200"),  # needs none
        (b"GET /health/ HTTP/1.1\nHost: localhost\n\n", b"400"),
        (b"GET /health/ HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 2100 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
        (b"GET /health/ HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", b"431"),
        (b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (
            b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"400",
        ),
    ],
)
def test_what_is_no_good_request_is_told_so(server, request_text, status):
    assert said(server, request_text).split()[1] == status


def test_who_asks_first_whether_to_send_is_told_to(server):
    head = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n"
    with silence.KINDS["nothing after the handshake"](server.port, "127.0.0.1") as connection:
        connection.sendall(head + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"a=b&c")
        assert connection.recv(65536).startswith(b"HTTP/1.1 403")


def test_a_stranger_sends_no_large_body(server):
    """Without a certificate nothing large is collected: who asks is told so before the body has been read."""
    head = b"POST /api/v1/exchange/units HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000000\r\n\r\n"
    answer = said(server, head)
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"terminal_none" in answer


def test_a_terminal_sends_a_large_file_in_its_own_time(server, tmp_path):
    world = World()
    town = cast.build(world)
    card = real_certificate(world, town.manager, tmp_path)
    with tls(card).wrap_socket(
        socket.create_connection(("127.0.0.1", server.port), 20), server_hostname="localhost"
    ) as connection:
        size = 3 * 1024 * 1024
        connection.sendall(
            b"POST /api/v1/exchange/units HTTP/1.1\r\nHost: localhost\r\nAuthorization: Kiban-Sync nobody\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size
        )
        for _ in range(3):
            connection.sendall(b"x" * (size // 3))
            time.sleep(0.1)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 401")
    world.connection.close()


def test_a_stopping_server_answers_what_was_asked_and_goes():
    with serving() as server:
        with silence.held(server.port, 20):
            connection = silence.KINDS["half a head"](server.port, "127.0.0.1")
            server.process.terminate()
            connection.sendall(b"Content-Length: 0\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 403")
            connection.close()
        began = time.monotonic()
        server.process.wait(20)
        assert time.monotonic() - began < 8


def test_http_on_the_https_port_is_told_the_address(server):
    with socket.create_connection(("127.0.0.1", server.port), 5) as plain:
        plain.sendall(f"GET /people/?q=x HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: plain.recv(65536), b"")).decode()
    assert f"Location: https://localhost:{server.port}/\r\n" in answer
    assert f'<a href="https://localhost:{server.port}/">' in answer
    assert "https:// で始まる" in answer


def test_http_with_a_host_nobody_has_reflects_nothing(server):
    with socket.create_connection(("127.0.0.1", server.port), 5) as plain:
        plain.sendall(b'GET / HTTP/1.1\r\nHost: "><script>\r\n\r\n')
        answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert b"script" not in answer
    assert f"https://localhost:{server.port}/".encode() in answer


def test_what_the_operator_reads_about_addresses_and_old_terminals(tmp_path):
    path = tmp_path / "log"
    with path.open("wb") as log, serving(log=log) as server:
        old = silence.trusting()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        for _ in range(3):
            with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", server.port), 5) as plain:
                old.wrap_socket(plain, server_hostname="localhost")
        answer = said(server, b"GET / HTTP/1.1\r\nHost: kaigo-server.local\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400")
        assert "このアドレスでは開けません。https://localhost:" in answer.decode()
    lines = path.read_text().splitlines()
    assert len([line for line in lines if "TLS 1.3で話せない端末" in line and "docs/terminals.md" in line]) == 1
    assert len([line for line in lines if "KIBAN_HOSTS" in line and "kaigo-server.local" in line]) == 1
    assert not [line for line in lines if "Traceback" in line]
