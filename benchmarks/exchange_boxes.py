"""Taking a month's files in, against Python's bare csv reader.

Taking in is everything from the bytes a sender chose to the rows a receiver holds: check, keys, encryption, the gate
with its log, fetching, decryption, reading, and which rows are in force. Time on the clock: the database is part of it.

    python -m benchmarks.exchange_boxes [--quick]
"""

from __future__ import annotations

import csv
import io
import json
import statistics
import sys
import time
from typing import Any

from benchmarks import own_folder

IMPORT_GOAL = "none set"
ROUNDS = 5
OFFICES_AT_ONCE = 200


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own."""
    return own_folder.run("benchmarks.exchange_boxes", quick=quick)


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    own_folder.set_up()
    from tests.world import World

    world = World()
    try:
        return [taking_in(world, 300 if quick else 3000)]
    finally:
        world.connection.close()


def taking_in(world: Any, users: int) -> dict[str, Any]:
    """One 利用票 unit of many users from its bytes to the receiver's rows, in turn with csv over the same bytes."""
    from tests.exchange.town import Town

    from kiban.exchange.boxes import acts as boxes
    from kiban.exchange.units.sending import put_together
    from kiban.formats.careplan.layouts import of_bytes, read_bytes, samples

    town = Town(world)
    ratios, rates, bare_rates = [], [], []
    lines = 0
    for turn in range(ROUNDS):
        scene = samples.Scene(
            plan_office=town.planning.number,
            service_office=town.providing.number,
            sequence=f"2026102510{turn:02}00",
            users=users,
            lines=40,
        )
        files = samples.unit("schedule", scene)
        begun = time.perf_counter()
        texts = (io.StringIO(content.decode("cp932"), newline="") for content in files.values())
        lines = sum(1 for text in texts for _ in csv.reader(text))
        bare = time.perf_counter() - begun
        begun = time.perf_counter()
        (unit,), _ = put_together([of_bytes(name, content) for name, content in files.items()])
        result, number = boxes.stage(town.planner, unit)
        if result != "ok" or number is None or boxes.send(town.planner, number, unit) != "ok":
            raise RuntimeError(f"the unit was not sent: {result}")
        opened = boxes.open_units(town.provider, [number])
        if opened is None or len(opened.in_force[number]) != users:
            raise RuntimeError("what was fetched is not what was sent")
        rows = sum(len(read_bytes(content, name).rows) for name, content in opened.files[number].items())
        taken = time.perf_counter() - begun
        if rows != lines:
            raise RuntimeError("rows were lost")
        ratios.append(bare / taken)
        rates.append(lines / taken)
        bare_rates.append(lines / bare)
    return {
        "name": "exchange: sending and taking in a 利用票 unit / bare csv reader",
        "ratio": round(statistics.median(ratios), 3),
        "goal": IMPORT_GOAL,
        "measured": {
            "lines": lines,
            "users": users,
            "lines per second": round(statistics.median(rates)),
            "csv lines per second": round(statistics.median(bare_rates)),
            "ratio lowest": round(min(ratios), 3),
            "ratio highest": round(max(ratios), 3),
            "rounds": ROUNDS,
        },
    }


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv), ensure_ascii=False))
