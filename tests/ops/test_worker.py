"""The worker's rules without a network: whose connections count together, who makes room, what is collected."""

from __future__ import annotations

import socket
from collections import defaultdict
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from gunicorn.config import Config

from kiban.exchange.pages import uploads
from kiban.exchange.units import parcels
from kiban.ops import connections, log_pace, server, worker
from kiban.ops.connections import LARGEST_BODY, Connection, Wait


@pytest.mark.parametrize(
    ("client", "office"),
    [
        (("192.0.2.7", 50000), "192.0.2.7"),
        (("2001:db8:0:1::7", 50000, 0, 0), "20010db800000001/64"),
        (("2001:db8:0:1:ffff::8", 50001, 0, 0), "20010db800000001/64"),
        (("::ffff:192.0.2.7", 50000, 0, 0), "192.0.2.7"),
        (("fe80::1%eth0", 50000, 0, 2), "fe80000000000000/64"),
        ("", ""),  # the Unix socket
    ],
)
def test_whose_connections_count_together(client: Any, office: str):
    assert worker.office_of(client) == office


def test_a_line_a_minute(monkeypatch: pytest.MonkeyPatch):
    clock = iter([0.0, 1.0, 59.0, 60.5, 61.0])
    now = SimpleNamespace(value=0.0)
    monkeypatch.setattr(log_pace.time, "monotonic", lambda: now.value)
    pace, spoke = log_pace.OncePerMinute(), []
    for now.value in clock:
        spoke.append(pace.may_speak())
    assert spoke == [True, False, False, True, False]


def test_what_is_collected_is_enough_for_what_may_be_sent():
    assert LARGEST_BODY > parcels.LARGEST
    assert server.PUBLIC_CHECK > uploads.LARGEST


@pytest.fixture
def made() -> Iterator[Any]:
    """Connections over socket pairs, as behind nginx; their other ends answer to ``.peer``."""
    ends: list[socket.socket] = []

    def make(allowed: int = 1000) -> tuple[Connection, socket.socket]:
        ours, theirs = socket.socketpair()
        ends.extend((ours, theirs))
        ours.setblocking(False)
        return Connection(ours, "", "", Config(), lambda _: allowed), theirs

    yield make
    for end in ends:
        end.close()


def go_on(one: Connection) -> Wait | None:
    return next(one.life, None)


def test_a_request_in_pieces_costs_no_thread_until_it_is_whole(made: Any):
    one, peer = made()
    assert go_on(one) is Wait.READ
    for piece in (b"POST / HTTP/1.1\r\nHo", b"st: x\r\nContent-Length: 4\r\n\r", b"\n12", b"3"):
        peer.sendall(piece)
        assert go_on(one) is Wait.READ
    peer.sendall(b"4GET ")
    assert go_on(one) is Wait.ANSWER
    assert (one.request.method, one.body.read(), one.error) == ("POST", b"1234", None)
    one.take(b"HTTP/1.1 204 No Content\r\n\r\n", keeps_open=True)
    assert go_on(one) is Wait.READ, "what came too early is the beginning of the next one"
    assert peer.recv(100).startswith(b"HTTP/1.1 204")
    peer.sendall(b"/next HTTP/1.1\r\nHost: x\r\n\r\n")
    assert go_on(one) is Wait.ANSWER
    assert one.request.path == "/next"


def test_a_body_that_is_too_large_is_not_collected_and_whoever_reads_it_is_told(made: Any):
    one, peer = made(allowed=3)
    peer.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
    assert go_on(one) is Wait.ANSWER
    assert one.request.should_close()
    with pytest.raises(RequestDataTooBig):
        one.body.read()


def test_progress_gives_time_and_a_trickle_none(made: Any, monkeypatch: pytest.MonkeyPatch):
    now = SimpleNamespace(value=1000.0)
    monkeypatch.setattr(connections.time, "monotonic", lambda: now.value)
    one, peer = made(allowed=10**9)
    peer.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
    go_on(one)
    for _ in range(5):
        now.value += 1
        peer.sendall(b"x")
        go_on(one)
    assert one.deadline < 1000 + connections.SECONDS + 0.1
    peer.sendall(b"x" * 10 * connections.SLOWEST)
    while one.held < 10 * connections.SLOWEST:
        go_on(one)
    assert one.deadline >= 1000 + connections.SECONDS + 10


def test_an_answer_nobody_reads_waits_without_a_thread(made: Any):
    one, peer = made()
    peer.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    go_on(one)
    one.take(b"x" * 10_000_000, keeps_open=True)
    with pytest.raises(BlockingIOError):
        one.send()
    assert go_on(one) is Wait.WRITE
    received = 0
    while received < 10_000_000:
        received += len(peer.recv(1 << 20))
        go_on(one) if received < 10_000_000 else None
    assert received == 10_000_000


class Waiting(SimpleNamespace):
    """As much of a connection as the worker looks at when it needs room."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    @property
    def is_closed(self) -> bool:
        return self.fd < 0


def crowd(*offices: tuple[str, int], waits: Wait = Wait.READ, served: bool = False) -> tuple[Any, list[Waiting]]:
    """A worker with that many connections of each address, in this order."""
    made = worker.KibanWorker.__new__(worker.KibanWorker)
    made.crowds = defaultdict(dict)
    made.poller = SimpleNamespace(unregister=lambda _fd: None)
    made.cfg = Config()
    made.cfg.set("threads", 1)
    everyone = []
    for office, number in offices:
        for turn in range(number):
            one = Waiting(client=(office, turn), waits=waits, is_served=served, held=0, held_since=turn, fd=9)
            one.life, one.sock = (_ for _ in ()), SimpleNamespace(close=lambda: None)
            made.crowds[office][one] = None
            everyone.append(one)
    return made, everyone


def closed(everyone: list[Waiting]) -> list[tuple[str, int]]:
    return [one.client for one in everyone if one.is_closed]


def test_the_first_of_too_many_newcomers_of_an_address_goes():
    busy, everyone = crowd(("192.0.2.1", worker.NEWCOMERS + 1), ("192.0.2.2", 1))
    everyone[0].waits = Wait.ANSWER  # a thread is at it
    busy._bound_newcomers(busy.crowds["192.0.2.1"])
    assert closed(everyone) == []
    everyone[0].waits = Wait.READ
    busy._bound_newcomers(busy.crowds["192.0.2.1"])
    assert closed(everyone) == [("192.0.2.1", 0)]


def test_used_connections_are_no_newcomers():
    busy, everyone = crowd(("192.0.2.1", worker.NEWCOMERS + 50), served=True)
    busy._bound_newcomers(busy.crowds["192.0.2.1"])
    assert closed(everyone) == []


def test_room_is_made_by_the_address_that_has_most():
    busy, everyone = crowd(("192.0.2.1", 2), ("192.0.2.2", 5), ("192.0.2.3", 1))
    busy._make_room()
    assert closed(everyone) == [("192.0.2.2", 0)]
    nobody_waits, everyone = crowd(("192.0.2.1", 3), waits=Wait.ANSWER)
    nobody_waits._make_room()
    assert closed(everyone) == []


def test_bodies_in_memory_are_bounded_by_who_began_first():
    busy, everyone = crowd(("192.0.2.1", 3))
    for one in everyone:
        one.held = LARGEST_BODY // 3
    busy._bound_bodies()
    assert closed(everyone) == []
    everyone[2].held += LARGEST_BODY
    everyone[0].waits = Wait.ANSWER
    busy._bound_bodies()
    assert closed(everyone) == [("192.0.2.1", 1)]


@pytest.mark.parametrize(
    ("head", "address"),
    [
        (b"GET / HTTP/1.1\r\nHost: kiban.example.jp:8443\r\n\r\n", "https://kiban.example.jp:8443/"),
        (b"GET / HTTP/1.1\r\nhost:[::1]:8443\r\n\r\n", "https://[::1]:8443/"),
        (b"GET / HTTP/1.0\r\n\r\n", "https://localhost:8443/"),
        (b"GET / HTTP/1.1\r\nHost: x/../<b>\r\n\r\n", "https://localhost:8443/"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nSet-Cookie: a\r\n\r\n", "https://x/"),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "https://localhost:8443/"),
    ],
)
def test_the_address_http_is_told(head: bytes, address: str, settings: Any):
    """The typed one where it is ours; a stranger's is not sent on."""
    settings.ALLOWED_HOSTS = ["kiban.example.jp", "[::1]", "x"]
    settings.PUBLIC_URL = "https://localhost:8443/"
    answer = connections.plain_answer(head).decode()
    assert f"Location: {address}\r\n" in answer
    assert "<b>" not in answer
    assert "Set-Cookie" not in answer


def test_who_asks_for_the_head_alone_gets_no_page(settings: Any):
    settings.ALLOWED_HOSTS = ["localhost"]
    whole, head = (
        connections.plain_answer(b"%s / HTTP/1.1\r\nHost: localhost\r\n\r\n" % method) for method in (b"GET", b"HEAD")
    )
    assert head == whole[: whole.index(b"<!doctype")]
