"""The HTTP server on 127.0.0.1: two addresses, one site that is answered.

Every other program and every other web page on the terminal can reach the port. So: ``Host`` must be ours (a name
that was made to point at 127.0.0.1 is not), ``Origin`` must be the platform's, letter by letter, and a request must be
JSON, so that a browser asks first (preflight) and is told no for every other site.
"""

from __future__ import annotations

import json
import socketserver
import sys
from http.server import BaseHTTPRequestHandler
from typing import Any

from kiban_card import __version__
from kiban_card.client import CardClient
from kiban_card.config import Config
from kiban_card.problems import Code, ProblemError, answer

ADDRESS = "127.0.0.1"
LONGEST = 4096  # bytes of a request
STATUS = {Code.BAD_REQUEST: 400, Code.FORBIDDEN: 403, Code.NOT_FOUND: 404}


class CardServer(socketserver.ThreadingTCPServer):
    """Serves one CardClient. Raises OSError when the port is taken."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"  # there it would let another program take our port

    def __init__(self, config: Config, client: CardClient) -> None:
        self.client = client
        self.origin = config.origin
        super().__init__((ADDRESS, config.port), _Handler)

    @property
    def host(self) -> str:
        """What ``Host`` must say."""
        return f"{ADDRESS}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a traceback could hold what was sent."""


class _Handler(BaseHTTPRequestHandler):
    server: CardServer
    server_version = "kiban-card"
    sys_version = ""
    timeout = 10  # seconds for a request to arrive

    def do_OPTIONS(self) -> None:
        """The browser's question before it lets the page ask us."""
        if not self._is_for_us() or self.path not in _JOBS:
            self._refuse(Code.FORBIDDEN)
            return
        self.send_response(204)
        self._headers(allowed=True)
        self.send_header("Access-Control-Allow-Methods", "POST")
        self.send_header("Access-Control-Allow-Headers", "Content-Type")
        for network in ("Private", "Local"):
            if self.headers.get(f"Access-Control-Request-{network}-Network") == "true":
                self.send_header(f"Access-Control-Allow-{network}-Network", "true")
        self.end_headers()

    def do_POST(self) -> None:
        """Do a job for the platform's page."""
        if not self._is_for_us():
            self._refuse(Code.FORBIDDEN)
            return
        job = _JOBS.get(self.path)
        if job is None:
            self._send(answer(Code.NOT_FOUND))
            return
        try:
            self._send(job(self.server.client, self._read()))
        except ProblemError as problem:
            self._send(problem.answer())

    def do_GET(self) -> None:
        """Nothing is to be got: no address does anything when it is merely opened."""
        self._refuse(Code.FORBIDDEN)

    def _is_for_us(self) -> bool:
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        return hosts == [self.server.host] and origins == [self.server.origin]

    def _read(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        is_json = self.headers.get("Content-Type", "").split(";")[0].strip().lower() == "application/json"
        if not is_json or not (length.isascii() and length.isdigit()) or int(length) > LONGEST:
            raise ProblemError(Code.BAD_REQUEST)
        try:
            body = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise ProblemError(Code.BAD_REQUEST) from None
        if not isinstance(body, dict):
            raise ProblemError(Code.BAD_REQUEST)
        return body

    def _refuse(self, code: Code) -> None:
        """Without the headers that would let another page read even the refusal."""
        self._send(answer(code), allowed=False)

    def _send(self, told: dict[str, Any], *, allowed: bool = True) -> None:
        body = json.dumps(told, ensure_ascii=False).encode()
        self.send_response(STATUS.get(told["code"], 200))
        self._headers(allowed=allowed)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _headers(self, *, allowed: bool) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Vary", "Origin")
        if allowed:
            self.send_header("Access-Control-Allow-Origin", self.server.origin)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep no log."""


def _state(client: CardClient, asked: dict[str, Any]) -> dict[str, Any]:
    if asked:
        raise ProblemError(Code.BAD_REQUEST)
    return {**client.state(), "version": __version__}


def _sign(client: CardClient, asked: dict[str, Any]) -> dict[str, Any]:
    challenge, pin = asked.get("challenge"), asked.get("pin")
    confirmed = asked.get("confirm_last_try", False)
    if not (isinstance(challenge, str) and isinstance(pin, str) and isinstance(confirmed, bool)):
        raise ProblemError(Code.BAD_REQUEST)
    return client.sign(challenge, pin, confirm_last_try=confirmed)


_JOBS = {"/state": _state, "/sign": _sign}
