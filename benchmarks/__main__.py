"""Run the benchmarks, write results.json and the table of docs/performance.md.

    python -m benchmarks [--quick] [--only NAME]    (the names stand in ``BENCHMARKS`` below)

Ends with 0 when everything could be measured. A figure below its goal is shown, not hidden.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import sys
import traceback
from pathlib import Path
from typing import Any

from benchmarks import (
    bare_opening,
    card_round_trip,
    exchange_boxes,
    exchange_check,
    exchange_day,
    exchange_match,
    first_opening,
    handshakes,
    load,
    opening,
    own_folder,
    printing,
    sealing,
    silent,
)

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
BENCHMARKS = {
    "opening": opening.run,
    "bare": bare_opening.run,
    "load": load.run,
    "card": card_round_trip.run,
    "first": first_opening.run,
    "exchange": exchange_check.run,
    "match": exchange_match.run,
    "taking-in": exchange_boxes.run,
    "day": exchange_day.run,
    "printing": printing.run,
    "handshakes": handshakes.run,
    "silent": silent.run,
    "sealing": sealing.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under five minutes, smaller sizes")
    parser.add_argument("--only", choices=sorted(BENCHMARKS), action="append")
    options = parser.parse_args()
    own_folder.end_in_order()
    wanted = options.only or list(BENCHMARKS)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    failed = False
    for name in wanted:
        print(f"{name} ...", flush=True)
        load_before = round(os.getloadavg()[0], 1)  # what else the machine was doing
        try:
            rows = BENCHMARKS[name](options.quick)
        except Exception:
            traceback.print_exc()
            failed = True
            continue
        about = {"benchmark": name, "date": dt.datetime.now(dt.UTC).date().isoformat(), "machine": machine()}
        about |= {"load before": load_before, "load after": round(os.getloadavg()[0], 1)}
        kept = [row for row in kept if row["benchmark"] != name] + [
            {**row, **about, "form": "quick" if options.quick else "full"} for row in rows
        ]
        for row in rows:
            print(f"  {row['name']}: {row['ratio']} (goal {row['goal']})", flush=True)
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write_table(kept)
    return 1 if failed else 0


def machine() -> str:
    """What it was measured on."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def write_table(rows: list[dict[str, Any]]) -> None:
    """Put the table between the markers of the page."""
    lines = ["| what | ratio | goal | measured | form |", "|---|---|---|---|---|"]
    for row in rows:
        measured = ", ".join(f"{name} {value}" for name, value in row["measured"].items())
        lines.append(f"| {row['name']} | {row['ratio']} | {row['goal']} | {measured} | {row['form']}, {row['date']} |")
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split("<!-- results -->", 1)
    after = rest.split("<!-- end of results -->", 1)[1]
    table = "\n".join(lines)
    PAGE.write_text(f"{before}<!-- results -->\n\n{table}\n\n<!-- end of results -->{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
