"""How long an ordinary visitor waits while somebody else holds 500 connections that say nothing, or too little.

Held from 127.0.0.1 by a process of its own, of all kinds in turn (nothing at all, half a hello, nothing after the
handshake, half a head, a slow body), and opened anew whenever the server lets one go; the visitor comes from
127.0.0.2, each time on a new connection, with a whole handshake and a page. Before and meanwhile, in one run.

    python -m benchmarks.silent [--quick]
"""

from __future__ import annotations

import http.client
import json
import os
import select
import socket
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

from benchmarks import own_folder

HELD, GOAL = 500, 1.0  # connections; seconds at the 99th percentile


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own."""
    return own_folder.run("benchmarks.silent", quick=quick)


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    from benchmarks.processes import serving

    own_folder.set_up()
    visits = 300 if quick else 2000
    with serving(os.environ.get("KIBAN_DATABASE", "kiban"), threads=8) as server:
        before = visited(server.port, visits)
        holder = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.silent", "--hold", str(server.port)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert holder.stdout is not None
            holder.stdout.readline()
            meanwhile = visited(server.port, visits)
        finally:
            holder.terminate()
            told = holder.communicate()[0]
    p99 = meanwhile[int(len(meanwhile) * 0.99)]
    return [
        {
            "name": f"p99 of a visitor's new connection and page while {HELD} silent connections are held, in seconds",
            "ratio": round(p99, 3),
            "goal": f"under {GOAL}",
            "measured": {
                "p50 ms": round(meanwhile[len(meanwhile) // 2] * 1000, 1),
                "p50 ms without them": round(before[len(before) // 2] * 1000, 1),
                "p99 ms without them": round(before[int(len(before) * 0.99)] * 1000, 1),
                "longest ms": round(meanwhile[-1] * 1000, 1),
                "visits": visits,
                "opened anew": int(told or 0),
            },
        }
    ]


def visited(port: int, visits: int) -> list[float]:
    """Seconds of each visit, sorted; a visit without its page ends the run."""
    from tests import silence

    taken = []
    for _ in range(visits):
        began = time.perf_counter()
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port, context=silence.trusting(), timeout=30, source_address=("127.0.0.2", 0)
        )
        connection.request("GET", "/sign-in/help/", headers={"Host": "localhost"})
        answer = connection.getresponse()
        if answer.status != 200 or not answer.read():
            raise RuntimeError(f"the page was not shown: {answer.status}")
        connection.close()
        taken.append(time.perf_counter() - began)
    return sorted(taken)


def hold(port: int) -> None:
    """Hold the connections until terminated; then say how many were opened anew."""
    import signal

    from tests import silence

    kinds = list(silence.KINDS.values())
    held: dict[socket.socket, int] = {}
    opened = 0

    def told(*_: object) -> None:
        print(max(opened - HELD, 0), flush=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, told)
    while True:
        missing = set(range(HELD)) - set(held.values())
        for place in sorted(missing):
            with suppress(OSError):
                held[kinds[place % len(kinds)](port, "127.0.0.1")] = place
                opened += 1
        if opened == HELD:
            print("held", flush=True)
        for one in select.select(list(held), [], [], 1.0)[0]:
            one.settimeout(0)
            try:
                one.recv(65536)
            except ssl.SSLWantReadError:  # a session ticket; it is still there
                continue
            except OSError:
                pass
            del held[one]
            one.close()


if __name__ == "__main__":
    if "--hold" in sys.argv:
        hold(int(sys.argv[-1]))
    print(json.dumps(measure("--quick" in sys.argv), ensure_ascii=False))
