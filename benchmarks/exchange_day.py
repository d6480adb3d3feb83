"""The 8th of the month: 200 offices send at once, each by its own terminal's certificate and key, over real mTLS.

Every office sends its 利用票 units at the same moment and one of them twice, as after an answer that was lost. Before
that four offices do the same work: what a crowd costs is the difference. Nothing may be missing and nothing twice.

    python -m benchmarks.exchange_day [--quick]
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import own_folder
from benchmarks.processes import serving

GOAL = 0.7
CROWD, FEW, UNITS, USERS = 200, 4, 3, 20
WAIT = 300  # seconds


@dataclass
class Sender:
    """An office at its terminal: what it sends, and how long each answer took."""

    context: ssl.SSLContext
    key: str
    parcels: list[bytes]
    seconds: list[float] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    failed: str = ""

    def go(self, port: int, start: threading.Barrier) -> None:
        """Send everything, the first parcel twice."""
        start.wait()
        try:
            connection = http.client.HTTPSConnection("localhost", port, context=self.context, timeout=WAIT)
            for parcel in [*self.parcels, self.parcels[0]]:
                begun = time.perf_counter()
                connection.request(
                    "POST", "/api/v1/exchange/units", parcel, {"Authorization": f"Kiban-Sync {self.key}"}
                )
                answer = connection.getresponse()
                body = json.loads(answer.read())
                self.seconds.append(time.perf_counter() - begun)
                self.states += [one["state"] for one in body["units"]]
            connection.close()
        except Exception as error:  # told by the main thread: a thread's own would only be printed
            self.failed = f"{type(error).__name__}: {error}"


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own."""
    return own_folder.run("benchmarks.exchange_day", quick=quick)


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    own_folder.set_up()
    from tests.world import World

    crowd = CROWD // 4 if quick else CROWD
    world = World()
    with tempfile.TemporaryDirectory() as folder:
        senders = [_sender(world, Path(folder) / str(at), at) for at in range(crowd + 2 * FEW)]
        with serving(os.environ.get("KIBAN_DATABASE", "kiban"), threads=8) as server:
            _at_once(senders[crowd + FEW :], server.port)  # the server's first requests are not like the others
            few = _at_once(senders[crowd : crowd + FEW], server.port)
            many = _at_once(senders[:crowd], server.port)
    sent, kept = len(senders) * UNITS, world.one("SELECT count(*) FROM care.exchange_unit WHERE sent_at IS NOT NULL")
    logged = world.one("SELECT count(*) FROM care.access_log WHERE action = 'exchange:send' AND outcome = 'allowed'")
    world.connection.close()
    if not sent == kept == logged:
        raise RuntimeError(f"sent {sent}, kept {kept}, logged {logged}")
    times = sorted(one for sender in senders[:crowd] for one in sender.seconds)
    return [
        {
            "name": f"exchange: {crowd} offices sending at once, units a second / {FEW} offices sending at once",
            "ratio": round(many / few, 3),
            "goal": GOAL,
            "measured": {
                "offices": crowd,
                "units each": UNITS,
                "users each": USERS,
                "units per second": round(many, 1),
                "units per second of the few": round(few, 1),
                "p50 s": round(statistics.median(times), 2),
                "p99 s": round(times[int(len(times) * 0.99)], 2),
                "lost": 0,
                "twice": 0,
            },
        }
    ]


def _sender(world: Any, folder: Path, at: int) -> Sender:
    from tests.serving import real_certificate, tls

    from kiban.exchange.machine import keys
    from kiban.exchange.units import parcels
    from kiban.formats.careplan.layouts import sample_month as months
    from kiban.staff.models import Employment
    from kiban.terminals.models import Terminal

    planner, provider = world.organisation("43"), world.organisation("11")
    actor = world.actor(planner, level="administrator")
    card = real_certificate(world, actor, folder)
    employment, terminal = Employment.objects.get(pk=actor.employment_id), Terminal.objects.get(pk=actor.terminal_id)
    _, key = keys.issue(employment, terminal)
    month = months.made([planner.number, provider.number], 1, USERS, at, 1_000_000 + at * USERS)
    (manager,), (giver,) = month.planners, month.providers
    files = [months.schedule(manager, giver, month.users, manager.sequence()) for _ in range(UNITS)]
    return Sender(tls(card), key, [parcels.pack(one) for one in files])


def _at_once(senders: list[Sender], port: int) -> float:
    """All together; how many units a second were answered."""
    start = threading.Barrier(len(senders) + 1)
    threads = [threading.Thread(target=one.go, args=(port, start)) for one in senders]
    for one in threads:
        one.start()
    start.wait()
    begun = time.perf_counter()
    for one in threads:
        one.join(WAIT)
    seconds = time.perf_counter() - begun
    for sender in senders:
        if sender.failed or sender.states != ["sent"] * UNITS + ["already"]:
            raise RuntimeError(sender.failed or f"answers {sender.states}")
    return len(senders) * (UNITS + 1) / seconds


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv), ensure_ascii=False))
