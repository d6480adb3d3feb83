"""One connection of the web server: handshake, request collected, answer sent, without a thread that waits for it.

What has to be waited for is yielded (``Wait``), so one thread looks after all connections that say nothing, or too
little; only a whole request costs a thread (``worker.py``). Each step has a time.
"""

from __future__ import annotations

import html
import io
import re
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Generator
from enum import Enum, auto
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http.request import split_domain_port, validate_host
from gunicorn.config import Config
from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import InvalidHeader, LimitRequestHeaders, NoMoreData
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

SECONDS = 10.0  # for the handshake with the head of the first request; for a head; for a body or an answer, at first
SLOWEST = 16 * 1024  # bytes a second: what comes or goes at least so fast is given more time
CHOOSING = 60.0  # seconds: somebody may be choosing the certificate in the browser's window, or typing its PIN
LINGERING = 2.0  # seconds for the other side to read the last answer
PIECE = 64 * 1024
LONGEST_HEAD = 64 * 1024
LARGEST_BODY = 65 * 1024 * 1024  # a little more than the largest file anybody may send: it says so itself

TLS_HANDSHAKE = b"\x16"  # the first byte of every TLS connection
HEAD_ENDS = b"\r\n\r\n"
BARE_LINE_END = re.compile(rb"(?<!\r)\n")
HOST = re.compile(rb"\r\n[Hh][Oo][Ss][Tt]: *([A-Za-z0-9.:\[\]-]{1,255})\r\n")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

Life = Generator["Wait", None, Any]


class Wait(Enum):
    """What a connection waits for: the other side in one direction or the other, or a thread with its answer."""

    READ = auto()
    WRITE = auto()
    ANSWER = auto()


class LengthRequiredError(ValueError):
    """A body without its length in front."""


class TooLarge(io.RawIOBase):
    """A body that is not collected: who reads it is told so, who refuses the request for another reason need not."""

    def read(self, _size: int = -1) -> bytes:
        raise RequestDataTooBig


class Connection:
    """One connection, from its first byte to its last."""

    def __init__(
        self, sock: socket.socket, client: Any, server: Any, cfg: Config, largest_body: Callable[[Connection], int]
    ) -> None:
        self.sock, self.client, self.server, self.cfg = sock, client, server, cfg
        self.largest_body = largest_body  # in bytes, of this connection, whose handshake is over
        self.fd = sock.fileno()
        self.deadline = time.monotonic() + SECONDS
        self.waits: Wait | None = None
        self.is_served = False  # whether a request of it was ever answered
        self.request: Request | None = None
        self.error: Exception | None = None  # why there is no request to answer
        self.body: Any = io.BytesIO()
        self.held = 0  # bytes of a body in memory
        self.held_since = 0.0  # time.monotonic()
        self.keeps_open = True
        self.life = self._life()
        self._beyond = bytearray()  # what has arrived and belongs to no request yet
        self._answer: deque[memoryview] = deque()
        self._sent = 0

    def take(self, answer: bytes, *, keeps_open: bool) -> None:
        """What is to be sent (called by the thread that made it), and whether more requests may follow."""
        self._sent = 0
        self._answer.append(memoryview(answer))
        self.keeps_open = keeps_open
        self.request, self.error, self.body, self.held = None, None, io.BytesIO(), 0

    def send(self) -> None:
        """Send what goes without waiting.

        Raises:
            OSError: the rest has to wait (``SSLWantWriteError``, ``SSLWantReadError``, ``BlockingIOError``), or
                the connection is broken.
        """
        while self._answer:
            sent = self.sock.send(self._answer[0][:PIECE])
            self._sent += sent
            self._answer[0] = self._answer[0][sent:]
            if not self._answer[0]:
                self._answer.popleft()

    def _life(self) -> Life:
        if self.cfg.is_ssl and not (yield from self._handshake()):
            return
        while (yield from self._request()):
            yield Wait.ANSWER
            yield from self._flush()
            self.is_served = True
            if not self.keeps_open:
                yield from self._part()
                return

    def _handshake(self) -> Life:
        """TLS; false when something else was spoken."""
        first = yield from self._possible(lambda: self.sock.recv(1, socket.MSG_PEEK), Wait.READ)
        if first != TLS_HANDSHAKE:
            yield from self._plain(first)
            return False
        began = self.deadline - SECONDS
        wrapped = self.cfg.ssl_context(self.cfg, None).wrap_socket(
            self.sock, server_side=True, do_handshake_on_connect=False
        )
        self.sock = wrapped
        while True:
            try:
                wrapped.do_handshake()
            except ssl.SSLWantReadError:
                if wrapped.cipher():  # the hello was whole and is answered
                    self.deadline = began + CHOOSING
                yield Wait.READ
            except ssl.SSLWantWriteError:
                yield Wait.WRITE
            else:
                self.deadline = self._soon()
                return True

    def _plain(self, first: bytes) -> Life:
        """http:// typed where https:// is spoken: say the right address."""
        if not (first.isalpha() and first.isupper()):
            return
        head = bytearray()
        while HEAD_ENDS not in head:
            piece = yield from self._read()
            if not piece or len(head) > LONGEST_HEAD:
                return
            head += piece
        self.take(plain_answer(head), keeps_open=False)
        yield from self._flush()
        yield from self._part()

    def _request(self) -> Life:
        """Collect head and body, or what is wrong with them; false when nobody asks any more."""
        try:
            head = yield from self._head()
            if head is None:
                return False
            self.request = parsed(head, self.cfg, self.client)
            return (yield from self._collect(self.request))
        except OSError:
            raise
        except Exception as error:
            # A thread answers it, as it does a request.
            self.error = error
            return True

    def _head(self) -> Life:
        if self.is_served:
            self.deadline = self._soon() if self._beyond else time.monotonic() + self.cfg.keepalive
        while (end := self._beyond.find(HEAD_ENDS)) < 0:
            if len(self._beyond) > LONGEST_HEAD or BARE_LINE_END.search(self._beyond):
                end = len(self._beyond)  # the parser says what is wrong with it
                break
            piece = yield from self._read()
            if not piece:
                return None
            if self.is_served and not self._beyond:
                self.deadline = self._soon()
            self._beyond += piece
        head = bytes(self._beyond[: end + len(HEAD_ENDS)])
        del self._beyond[: end + len(HEAD_ENDS)]
        return head

    def _collect(self, request: Request) -> Life:
        """The body, whole; false when the other side went away before its end."""
        if isinstance(request.body.reader, ChunkedReader):
            raise LengthRequiredError
        length = request.body.reader.length
        if length > self.largest_body(self):
            self.body = TooLarge()
            request.force_close()
            return True
        if request._expected_100_continue and len(self._beyond) < length:
            self._answer.append(memoryview(CONTINUE))
            yield from self._flush()
        self.held_since = time.monotonic()
        piece = bytes(self._beyond[:length])
        del self._beyond[:length]
        while True:
            self.body.write(piece)
            self.held += len(piece)
            if self.held == length:
                self.body.seek(0)
                return True
            self.deadline = self.held_since + SECONDS + self.held / SLOWEST
            piece = yield from self._read(min(PIECE, length - self.held))
            if not piece:
                return False

    def _flush(self) -> Life:
        """Send what a thread could not."""
        began = time.monotonic()
        while self._answer:
            try:
                self.send()
            except (ssl.SSLWantWriteError, BlockingIOError):
                self.deadline = began + SECONDS + self._sent / SLOWEST
                yield Wait.WRITE
            except ssl.SSLWantReadError:
                yield Wait.READ

    def _part(self) -> Life:
        """Say that nothing more comes, and let the other side read what it has: closed at once, it might lose that."""
        self.deadline = time.monotonic() + LINGERING
        self.sock.shutdown(socket.SHUT_WR)
        while (yield from self._read()):
            pass

    def _read(self, size: int = PIECE) -> Life:
        return (yield from self._possible(lambda: self.sock.recv(size), Wait.READ))

    def _possible(self, act: Callable[[], bytes], otherwise: Wait) -> Life:
        while True:
            try:
                return act()
            except (ssl.SSLWantReadError, BlockingIOError):
                yield otherwise
            except ssl.SSLWantWriteError:
                yield Wait.WRITE

    def _soon(self) -> float:
        return time.monotonic() + SECONDS


def parsed(head: bytes, cfg: Config, client: Any) -> Request:
    """A request's head, read by gunicorn.

    Raises:
        gunicorn.http.errors.ParseException: it is none; the worker has an answer for each kind.
    """
    try:
        request = Request(cfg, IterUnreader([head]), client)
    except (NoMoreData, StopIteration):
        raise LimitRequestHeaders("the head has no end") from None
    if request.version >= (1, 1) and not any(name == "HOST" for name, _ in request.headers):
        raise InvalidHeader("HOST", req=request)
    return request


def plain_answer(head: bytes | bytearray) -> bytes:
    """What who spoke http:// to the port of https:// is told; without the page, where that is asked for (HEAD).

    The address it typed, where that is one of ours; else the one that stands in letters.
    """
    named = HOST.search(head)
    typed = named[1].decode() if named else ""
    is_ours = validate_host(split_domain_port(typed)[0], settings.ALLOWED_HOSTS)
    address = f"https://{typed}/" if is_ours else settings.PUBLIC_URL
    shown = html.escape(address)
    page = (
        '<!doctype html><html lang="ja"><meta charset="utf-8"><title>https:// で開いてください</title>'
        "<h1>https:// で開いてください</h1><p>介護情報基盤は、https:// で始まるアドレスで開きます。</p>"
        f'<p><a href="{shown}">{shown}</a></p></html>\n'
    ).encode()
    fields = (
        "HTTP/1.1 301 Moved Permanently",
        f"Location: {address}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(page)}",
        "Cache-Control: no-store",
        "Connection: close",
    )
    return "\r\n".join(fields).encode() + HEAD_ENDS + (b"" if head.startswith(b"HEAD ") else page)
