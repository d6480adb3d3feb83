"""Connections that take a place and say nothing, or too little: of an attacker, or of a browser in advance."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

HEAD = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\n"


def trusting() -> ssl.SSLContext:
    """A client that believes any server: it is not what is tested here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _hello() -> bytes:
    outgoing = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        trusting().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


def _tcp(port: int, source: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 5, source_address=(source, 0))


def _tls(port: int, source: str) -> socket.socket:
    return trusting().wrap_socket(_tcp(port, source), server_hostname="localhost")


def _having_sent(connection: socket.socket, said: bytes) -> socket.socket:
    connection.sendall(said)
    return connection


# What is opened, and then nothing more comes.
KINDS: dict[str, Callable[[int, str], socket.socket]] = {
    "nothing": _tcp,
    "half a hello": lambda port, source: _having_sent(_tcp(port, source), _hello()[:100]),
    "nothing after the handshake": _tls,
    "half a head": lambda port, source: _having_sent(_tls(port, source), HEAD),
    "a slow body": lambda port, source: _having_sent(_tls(port, source), HEAD + b"Content-Length: 1000\r\n\r\nx"),
}


@contextmanager
def held(port: int, number: int, source: str = "127.0.0.1", kinds: tuple[str, ...] = tuple(KINDS)) -> Iterator[None]:
    """Hold ``number`` connections, of all kinds in turn; those that do not come about any more are left out."""
    with ExitStack() as opened:
        for turn in range(number):
            with suppress(OSError):
                opened.enter_context(KINDS[kinds[turn % len(kinds)]](port, source))
        yield


def seconds_until_closed(connection: socket.socket, patience: float) -> float:
    """How long the server keeps a connection on which nothing more is said.

    Raises:
        TimeoutError: longer than ``patience`` (seconds).
    """
    began = time.monotonic()
    connection.settimeout(patience)
    with connection, suppress(ConnectionError, ssl.SSLError):
        while connection.recv(65536):
            pass
    return time.monotonic() - began
