"""gunicorn's worker for Kaigo Kiban: one thread looks after every connection, the others answer whole requests.

gunicorn's own (gthread) does the handshake and reads head and body in the threads that answer, without a time limit:
as many silent connections as there are threads stop it. Here a connection that says nothing, or too little, costs
memory and a while, and the one that has waited longest makes room when there are too many.
"""

from __future__ import annotations

import errno
import os
import selectors
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from ipaddress import IPv6Address
from queue import Empty, SimpleQueue
from typing import Any

from gunicorn.http import wsgi
from gunicorn.util import write_error
from gunicorn.workers.base import Worker

from kiban.ops.connections import LARGEST_BODY, PIECE, Connection, LengthRequiredError, Wait
from kiban.ops.log_pace import OncePerMinute

# Connections of one address on which no request was answered yet. Those that were used do not count: an office, with
# all its browsers, has one address.
NEWCOMERS = 200
STOPPING = 2.0  # seconds a stopping worker waits for a request that may be under way
TURN = 1.0  # seconds at most from one look at the clock to the next

TOO_OLD_TLS = (
    "TLS 1.3で話せない端末からの接続を断りました(%s)。"
    "その端末のOSとブラウザを新しくしてください(docs/terminals.md)。同じ知らせは1分に1度だけ出します"
)
EVENTS = {Wait.READ: selectors.EVENT_READ, Wait.WRITE: selectors.EVENT_WRITE}


class Answer:
    """Takes what gunicorn writes to a socket; the connection sends it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.pieces.append(data)

    def send(self, _data: bytes) -> None:
        """Only 「100 Continue」 comes this way; the connection has sent it."""

    def gettimeout(self) -> float:
        return 0.0


class KibanWorker(Worker):
    """Accepts, waits and hands over in the main thread; a pool of ``threads`` answers."""

    def init_process(self) -> None:
        self.poller = selectors.DefaultSelector()
        self.pool = ThreadPoolExecutor(self.cfg.threads)
        self.answered: SimpleQueue[Connection] = SimpleQueue()
        # By address, in the order of the last request; each dictionary is an ordered set.
        self.crowds: dict[str, dict[Connection, None]] = defaultdict(dict)
        self.too_old_tls = OncePerMinute()
        self.next_look = 0.0
        super().init_process()

    def run(self) -> None:
        self.poller.register(self.PIPE[0], selectors.EVENT_READ, self._woken)
        for listener in self.sockets:
            listener.setblocking(False)
            self.poller.register(listener.fileno(), selectors.EVENT_READ, partial(self._accept, listener))
        while self.alive and self.ppid == os.getppid():
            self._turn()
        self._stop()

    def handle_quit(self, sig: int, frame: Any) -> None:
        self.pool.shutdown(wait=False)
        super().handle_quit(sig, frame)

    def _stop(self) -> None:
        for listener in self.sockets:
            self.poller.unregister(listener.fileno())
        self.alive = False
        soon = time.monotonic() + STOPPING
        for connection in self._connections():
            connection.deadline = min(connection.deadline, soon)
        ends = time.monotonic() + self.cfg.graceful_timeout
        while self._connections() and time.monotonic() < ends:
            self._turn(0.1)
        self.pool.shutdown(wait=False)
        for listener in self.sockets:
            listener.close()

    def _turn(self, longest: float = TURN) -> None:
        self.notify()
        for key, _ in self.poller.select(longest):
            key.data()
        with suppress(Empty):
            while True:
                self._go_on(self.answered.get_nowait())
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + longest
            for connection in self._connections():
                if connection.waits is not Wait.ANSWER and connection.deadline < now:
                    self._close(connection)

    def _woken(self) -> None:
        with suppress(BlockingIOError):
            os.read(self.PIPE[0], 4096)

    def _connections(self) -> list[Connection]:
        return [connection for crowd in self.crowds.values() for connection in crowd]

    def _accept(self, listener: Any) -> None:
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        sock.setblocking(False)
        connection = Connection(sock, client, listener.getsockname(), self.cfg, self.app.largest_body)
        self.crowds[office_of(client)][connection] = None
        if client:
            self._bound_newcomers(self.crowds[office_of(client)])
        if sum(map(len, self.crowds.values())) > self.cfg.worker_connections:
            self._make_room()
        self._go_on(connection)

    def _bound_newcomers(self, crowd: dict[Connection, None]) -> None:
        newcomers = [connection for connection in _waiting(crowd) if not connection.is_served]
        if len(newcomers) > NEWCOMERS:
            self._close(newcomers[0])

    def _make_room(self) -> None:
        """The address that has most connections loses the one that has waited longest."""
        largest: dict[Connection, None] = max(self.crowds.values(), key=len, default={})
        if waiting := _waiting(largest):
            self._close(waiting[0])

    def _go_on(self, connection: Connection) -> None:
        """Let a connection do what it can, and note what it waits for then."""
        if connection.fd < 0:  # closed in the same turn
            return
        try:
            waits = next(connection.life)
        except StopIteration:
            self._close(connection)
        except OSError as error:
            if getattr(error, "reason", "") == "UNSUPPORTED_PROTOCOL" and self.too_old_tls.may_speak():
                self.log.warning(TOO_OLD_TLS, connection.client[0])
            self._close(connection)
        except Exception:
            self.log.exception("A connection failed")
            self._close(connection)
        else:
            self._wait(connection, waits)

    def _wait(self, connection: Connection, waits: Wait) -> None:
        if waits is not connection.waits:
            if connection.waits in EVENTS:
                self.poller.unregister(connection.fd)
            if waits in EVENTS:
                self.poller.register(connection.fd, EVENTS[waits], partial(self._go_on, connection))
            connection.waits = waits
        if waits is Wait.ANSWER:
            crowd = self.crowds[office_of(connection.client)]
            crowd[connection] = crowd.pop(connection)  # used last
            self.pool.submit(self._answer, connection)
        elif connection.held > PIECE:
            self._bound_bodies()

    def _bound_bodies(self) -> None:
        """Bodies in memory: as much as all threads can have at once; beyond that who began first makes room."""
        holding = [connection for connection in self._connections() if connection.held]
        is_too_much = sum(connection.held for connection in holding) > self.cfg.threads * LARGEST_BODY
        if is_too_much and (waiting := _waiting(holding)):
            self._close(min(waiting, key=lambda one: one.held_since))

    def _close(self, connection: Connection) -> None:
        if connection.waits in EVENTS:
            self.poller.unregister(connection.fd)
        address = office_of(connection.client)
        self.crowds[address].pop(connection, None)
        if not self.crowds[address]:
            del self.crowds[address]
        connection.fd = -1
        connection.life.close()
        with suppress(OSError):
            connection.sock.close()

    def _answer(self, connection: Connection) -> None:
        """In a thread: the answer to a whole request, as much of it sent as goes at once."""
        answer, keeps_open = Answer(), False
        try:
            if connection.error is not None:
                raise connection.error
            keeps_open = self._ask(connection, answer)
        except LengthRequiredError:
            write_error(answer, 411, "Length Required", "")
        except BaseException as error:
            answer = Answer()  # of the application's own nothing has gone out yet
            self.handle_error(connection.request, answer, connection.client, error)
        connection.take(b"".join(answer.pieces), keeps_open=keeps_open)
        with suppress(OSError):  # what is left, or broken, is seen in the main thread
            connection.send()
        self.answered.put(connection)
        with suppress(OSError):
            os.write(self.PIPE[1], b"\0")

    def _ask(self, connection: Connection, answer: Answer) -> bool:
        """Ask the application; whether the connection may be used again."""
        response, environ = wsgi.create(connection.request, answer, connection.client, connection.server, self.cfg)
        # The socket itself for whoever asks for the certificate; the body, which has arrived.
        environ |= {"gunicorn.socket": connection.sock, "wsgi.input": connection.body, "wsgi.multithread": True}
        if not self.alive:
            response.force_close()
        parts = self.wsgi(environ, response.start_response)
        try:
            for part in parts:
                response.write(part)
            response.close()
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return not response.should_close()


def _waiting(connections: Iterable[Connection]) -> list[Connection]:
    """Those no thread is answering: only they may be let go."""
    return [connection for connection in connections if connection.waits is not Wait.ANSWER]


def office_of(client: Any) -> str:
    """Whose connections are counted together: an IPv4 address, an IPv6 network (/64), or all of the Unix socket."""
    if not client:
        return ""
    host = str(client[0])
    if ":" not in host:
        return host
    address = IPv6Address(host)
    return str(address.ipv4_mapped or f"{int(address) >> 64:x}/64")
