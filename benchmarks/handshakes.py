"""Full handshakes a second with a terminal's certificate, against the same without one; the check's share of a request.

Every handshake is a full one on a connection of its own, and ends with the answer to a request: in TLS 1.3 a client is
done before the server has looked at its certificate. Both kinds take turns against one running server, in one run.

    python -m benchmarks.handshakes [--quick]
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import own_folder
from benchmarks.card_round_trip import in_turn, ms

HANDSHAKE_GOAL, SHARE_GOAL = 0.5, 0.25
REQUEST = b"GET /sign-in/help/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"  # needs no certificate


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own."""
    return own_folder.run("benchmarks.handshakes", quick=quick)


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    own_folder.set_up()
    with tempfile.TemporaryDirectory() as folder:
        return [handshakes(Path(folder), 5 if quick else 15), share(100 if quick else 400)]


def handshakes(folder: Path, rounds: int) -> dict[str, Any]:
    """Twenty handshakes of each kind in every round."""
    from tests import cast
    from tests.serving import real_certificate, tls
    from tests.world import World

    from benchmarks.processes import serving

    world = World()
    card = real_certificate(world, cast.build(world).manager, folder)
    each = 20
    with serving(os.environ.get("KIBAN_DATABASE", "kiban"), threads=4) as server:

        def connect(context: ssl.SSLContext) -> None:
            for _ in range(each):
                with (
                    socket.create_connection(("127.0.0.1", server.port), 30) as plain,
                    context.wrap_socket(plain, server_hostname="localhost") as connection,
                ):
                    connection.sendall(REQUEST)
                    answer = connection.recv(65536)
                    while more := connection.recv(65536):
                        answer += more
                    if connection.session_reused or not answer.startswith(b"HTTP/1.1 200"):
                        raise RuntimeError(answer[:100].decode(errors="replace"))

        with_certificate, without = tls(card), tls(None)
        found = in_turn({"mutual": lambda: connect(with_certificate), "plain": lambda: connect(without)}, rounds)
    ratios = [plain / mutual for plain, mutual in zip(found["plain"], found["mutual"], strict=True)]
    return {
        "name": "full handshakes a second with a terminal's certificate / without one (one client, one request each)",
        "ratio": round(statistics.median(ratios), 3),
        "goal": HANDSHAKE_GOAL,
        "measured": {
            "with certificate per second": round(each / statistics.median(found["mutual"])),
            "without per second": round(each / statistics.median(found["plain"])),
            "ratio lowest": round(min(ratios), 3),
            "ratio highest": round(max(ratios), 3),
            "rounds": rounds,
        },
    }


def share(rounds: int) -> dict[str, Any]:
    """Looking the certificate up in the ledger, and a whole signed-in page, in turn."""
    from django.http import HttpResponse
    from django.test import RequestFactory
    from tests import cast
    from tests.world import World

    from kiban.terminals.middleware import TerminalCertificate
    from kiban.web.access import terminal_only

    actor = cast.build(World()).manager
    browser = cast.browser(actor)
    middleware = TerminalCertificate(lambda _request: HttpResponse())

    @terminal_only
    def view() -> None:
        """Asks for a certificate and does nothing."""

    def check() -> None:
        # A socket of its own each time: nothing is remembered of the connection.
        request: Any = RequestFactory().get("/")
        request.META["gunicorn.socket"] = cast.TlsSocket(actor.der)
        middleware(request)
        if middleware.process_view(request, view, (), {}) is not None:
            raise RuntimeError("the certificate is not taken")

    def page() -> None:
        if browser.get("/own/").status_code != 200:
            raise RuntimeError("the page is not shown")

    began = time.perf_counter()
    found = in_turn({"check": check, "page": page}, rounds)
    shares = [one / whole for one, whole in zip(found["check"], found["page"], strict=True)]
    return {
        "name": "check of the terminal's certificate / a whole signed-in request (own settings)",
        "ratio": round(statistics.median(shares), 3),
        "goal": f"under {SHARE_GOAL}",
        "measured": {
            "check ms": ms(found["check"]),
            "request ms": ms(found["page"]),
            "rounds": rounds,
            "seconds": round(time.perf_counter() - began, 1),
        },
    }


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv), ensure_ascii=False))
