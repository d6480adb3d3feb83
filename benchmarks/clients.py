"""The load generator: keep-alive mutual-TLS connections that send one request after the other, and little else."""

from __future__ import annotations

import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.processes import Server

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: ([^=]+=[^;\r]+)", re.IGNORECASE)


class Clients:
    """Some connections to a server, which carry the cookie ``session`` and any the server sets."""

    def __init__(self, server: Server, session: str, connections: int) -> None:
        from django.conf import settings

        from kiban.terminals import authority

        self.server = server
        folder = Path(os.environ["KIBAN_DATA"])
        context = ssl.create_default_context(cafile=str(authority.server_root_path()))
        context.load_cert_chain(folder / "client.pem", folder / "client-key.pem")
        self.cookies = [f"{settings.SESSION_COOKIE_NAME}={session}"]
        self.connections = [self._connect(context, server.port) for _ in range(connections)]

    @staticmethod
    def _connect(context: ssl.SSLContext, port: int) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", port), 60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(plain, server_hostname="localhost")

    def first(self, path: str) -> str:
        """The body of an answer; its cookies are kept, as a browser keeps them."""
        head, body = self._ask(self.connections[0], self._request(path))
        self.cookies += [found.decode() for found in COOKIE.findall(head)]
        return body.decode()

    def once(self, path: str) -> float:
        """Seconds one request takes while nothing else is asked."""
        request = self._request(path)
        began = time.perf_counter()
        self._ask(self.connections[0], request)
        return time.perf_counter() - began

    def round(self, paths: list[str], seconds: float) -> dict[str, float]:
        """All connections at once for some seconds: how many requests, how many a second, p50, p99 and CPU (ms)."""
        requests = [self._request(path) for path in paths]
        taken: list[list[float]] = [[] for _ in self.connections]
        failed: list[BaseException] = []
        end = time.perf_counter() + seconds

        def work(at: int) -> None:
            connection, mine, number = self.connections[at], taken[at], at * len(requests) // len(taken)
            try:
                while (began := time.perf_counter()) < end:
                    self._ask(connection, requests[number % len(requests)])
                    mine.append(time.perf_counter() - began)
                    number += 1
            except BaseException as error:  # told by the thread that waits
                failed.append(error)

        began, used = time.perf_counter(), self.server.cpu()
        _together(work, len(self.connections))
        lasted = time.perf_counter() - began
        if failed:
            raise failed[0]
        times = sorted(one for mine in taken for one in mine)
        return {
            "number": len(times),
            "per second": len(times) / lasted,
            "p50": times[len(times) // 2] * 1000,
            "p99": times[int(len(times) * 0.99)] * 1000,
            "cpu": (self.server.cpu() - used) / len(times) * 1000,
        }

    def _request(self, path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {'; '.join(self.cookies)}\r\n\r\n".encode()

    @staticmethod
    def _ask(connection: ssl.SSLSocket, request: bytes) -> tuple[bytes, bytes]:
        connection.sendall(request)
        received = connection.recv(65536)
        while b"\r\n\r\n" not in received:
            more = connection.recv(65536)
            if not more:
                raise RuntimeError("the server hung up")
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head[:200].decode())
        length = LENGTH.search(head)
        if length is None:
            raise RuntimeError("an answer without a length")
        while len(body) < int(length[1]):
            more = connection.recv(65536)
            if not more:
                raise RuntimeError("the server hung up")
            body += more
        return head, body


def _together(work: Callable[[int], None], threads: int) -> None:
    started = [threading.Thread(target=work, args=[at]) for at in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
