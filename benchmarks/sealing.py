"""The sealed log: what sealing costs openings, and how long checking an export takes.

Openings: pgbench opens records through the gate, in turns with a sealer that seals every second and without one; after
the last turn everything is sealed and verified. Checking: an export of so many entries as ``kiban log export`` lays it
out, against as many bare SHA-256 as checking it has to make (one an entry, one an inner node), and its growth.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks import own_folder, people, processes

GOAL, CHECK_GOAL, GROWTH_GOAL = 0.85, "at most 2", "at most 1.3"
CONNECTIONS = 4


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own."""
    return own_folder.run("benchmarks.sealing", quick=quick)


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    own_folder.set_up()
    return [openings(quick), *checking(10_000 if quick else 1_000_000)]


def openings(quick: bool) -> dict[str, Any]:
    """Openings a second with sealing against without."""
    from kiban.gate.sealing import audit, sealer
    from kiban.ops import database, dependent, setup_steps
    from kiban.ops.database import Role
    from kiban.records import kinds

    persons = 20_000
    caller = people.fill(persons)
    setup_steps.prepare()
    processes.pin_database()
    keys, items = people.measured(persons), kinds.item_keys()
    seconds, rounds = (3, 6) if quick else (6, 12)
    found: dict[str, list[float]] = {"sealed": [], "not sealed": []}
    for number in range(rounds + 1):  # the first does not count
        for name in list(found)[:: -1 if number % 2 else 1]:
            helper = dependent.begin(["log", "seal", "--stay"]) if name == "sealed" else None
            if helper:
                time.sleep(1.5)  # until it has begun; nobody is waited for
            try:
                taken = processes.pgbench(caller, keys, items, CONNECTIONS, seconds)
            finally:
                if helper:
                    dependent.end(helper, 30)
            if number:
                found[name].append(taken["per second"])
    with database.connect(Role.SEALER) as connection:
        sealer.Sealer(connection).seal()
    with database.connect(Role.OWNER) as connection:
        began = time.perf_counter()
        looked = audit.audit(connection)
        took = time.perf_counter() - began
    if looked.faults:
        raise RuntimeError(looked.faults[0])
    each = [a / b for a, b in zip(found["sealed"], found["not sealed"], strict=True)]
    return {
        "name": "openings a second, sealing on / off",
        "ratio": round(statistics.median(each), 3),
        "goal": GOAL,
        "measured": {f"{name} per second": round(statistics.median(taken)) for name, taken in found.items()}
        | {
            "ratio lowest": round(min(each), 3),
            "ratio highest": round(max(each), 3),
            "rounds": rounds,
            "rows sealed": looked.rows,
            "heads": looked.heads,
            "kiban log verify, rows per second": round(looked.rows / took),
        },
    }


def checking(small: int) -> list[dict[str, Any]]:
    """Checking an export of ten times as many entries."""
    found = {}
    for size in (small, 10 * small):
        with tempfile.TemporaryDirectory() as folder:
            key = write_export(Path(folder), size)
            found[size] = checked(Path(folder), size, key)
    large = found[10 * small]
    return [
        {
            "name": f"checking an export of {10 * small:,} entries / as many bare SHA-256 as it takes",
            "ratio": round(large["check s"] / large["hashes s"], 2),
            "goal": CHECK_GOAL,
            "measured": {name: round(value, 2) for name, value in large.items()},
        },
        {
            "name": f"checking an entry, {10 * small:,} against {small:,} of them",
            "ratio": round(large["check s"] / 10 / found[small]["check s"], 2),
            "goal": GROWTH_GOAL,
            "measured": {f"{size:,} entries s": round(taken["check s"], 2) for size, taken in found.items()},
        },
    ]


def write_export(place: Path, size: int) -> Any:
    """An export without rows, as ``exporting`` writes it, of made-up entries; its key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from kiban.tlog import tiles, tree
    from kiban.tlog.signing import Signer, checkpoint

    signer = Signer("bench.example/access-log/1", Ed25519PrivateKey.generate())
    edge = tree.Frontier()

    def entries(first: int, end: int) -> list[bytes]:
        made = [sha256(str(index).encode()).digest() for index in range(first, end)]
        edge.add(map(tree.leaf_hash, made))
        return made

    for name, content in tiles.laid_out(size, entries):
        put(place / "1" / name, content)
    put(place / "1" / "checkpoint", checkpoint(signer.name, size, edge.root(), signer).encode())
    put(place / "keys", f"{signer.key}\n".encode())
    return signer.key


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def checked(place: Path, size: int, key: Any) -> dict[str, float]:
    """Seconds of checking, and of the bare hashes: an entry (33 bytes) and a node (65 bytes) each."""
    from kiban.tlog import checking as check

    began = time.perf_counter()
    report = check.check(place, [key])
    took = time.perf_counter() - began
    if report.faults or report.entries != size:
        raise RuntimeError(f"{report.faults[:1]}, {report.entries} entries")
    entry, node = bytes(33), bytes(65)
    began = time.perf_counter()
    for _ in range(size):
        sha256(entry).digest()
        sha256(node).digest()
    return {"check s": took, "hashes s": time.perf_counter() - began}


if __name__ == "__main__":
    os.environ.setdefault("KIBAN_OPENINGS_PER_MINUTE", "0")
    print(json.dumps(measure("--quick" in sys.argv)))
