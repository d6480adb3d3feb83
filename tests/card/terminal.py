"""A viewing terminal's card side for any test: the client as a process of its own, the virtual reader, the trust.

In a browser test::

    with virtual_reader() as reader, card_client(origin) as client:      # starts in that order
        with reader.card(EmulatedCard.make()):                           # PIN 1234, of the CA that ``trusting`` trusts
            ...

The server has to be started with ``settings_for(folder, port)`` in its environment: it says which CA to trust and on
which port the client listens. ``virtual_reader`` waits while another process of the machine uses the reader.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import orphans
from tests.card.authorities import auth_authority
from tests.cluster import until
from tests.serving import free_port


@dataclass
class Client:
    """A running ``kiban-card``."""

    origin: str
    port: int
    process: subprocess.Popen[bytes]

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
        """Ask as a browser would unless told otherwise; a header given as "" is left out. Status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": f"127.0.0.1:{self.port}", "Origin": self.origin, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.putrequest(method, path, skip_host=True)
            for name, value in sent.items():
                if value:
                    connection.putheader(name, value)
            if body is not None and "Content-Length" not in sent:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def ask(self, path: str, **body: Any) -> dict[str, Any]:
        """The JSON answer to the platform's own page."""
        told: dict[str, Any] = json.loads(self.request("POST", path, json.dumps(body).encode())[2])
        return told

    def state(self) -> dict[str, Any]:
        return self.ask("/state")

    def sign(self, challenge: str, pin: str = "1234", **more: Any) -> dict[str, Any]:
        return self.ask("/sign", challenge=challenge, pin=pin, **more)


@contextmanager
def card_client(origin: str, port: int | None = None, *arguments: str) -> Iterator[Client]:
    """Start ``kiban-card`` for a site; stop it at the end."""
    port = port or free_port()
    command = [sys.executable, "-m", "kiban_card", "--origin", origin, "--port", str(port), *arguments]
    process = orphans.begin(command, stdout=subprocess.DEVNULL)
    try:
        until(lambda: process.poll() is not None or _listens(port), 30)
        assert process.poll() is None, "the client ended by itself"
        yield Client(origin, port, process)
    finally:
        process.terminate()
        process.wait(20)


def settings_for(folder: Path, port: int, revocation: str = "off") -> dict[str, str]:
    """Environment of a server that trusts the emulated cards and expects the client on a port."""
    anchor = folder / "test-card-ca.pem"
    anchor.write_bytes(auth_authority().pem())
    return {"KIBAN_CARD_ANCHORS": str(anchor), "KIBAN_CARD_PORT": str(port), "KIBAN_CARD_REVOCATION": revocation}


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
