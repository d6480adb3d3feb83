"""Ten pages on paper: 第6表 and 第7表 of five users, the typesetter warm, against reading the same files with csv.

python -m benchmarks.printing [--quick]
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

from kiban.exchange.sheets import slip_sheets
from kiban.formats.careplan.layouts import read_bytes, samples
from kiban.paper.printing import Foot, pdf

GOAL = "none set"
USERS = 5


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in this process."""
    files = samples.unit("schedule", replace(samples.SCENE, users=USERS, lines=40))
    foot = Foot.now("試験事業所", "試験 花子", dt.datetime(2026, 11, 23, 9))  # noqa: DTZ001 - only printed
    begun = time.perf_counter()
    pdf([], foot)
    cold = time.perf_counter() - begun
    seconds, bare = [], []
    for turn in range(5 if quick else 20):
        # Another name each time: the typesetter remembers pages that are the same.
        documents = [read_bytes(content, name) for name, content in files.items()]
        begun = time.perf_counter()
        sheets = slip_sheets(documents)
        for sheet in sheets:
            sheet["name"] = f"試験 花子{turn}"
        made = pdf(sheets, foot)
        seconds.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for content in files.values():
            list(csv.reader(io.StringIO(content.decode("cp932"), newline="")))
        bare.append(time.perf_counter() - begun)
    ratios = [one / other for one, other in zip(seconds, bare, strict=True)]
    return [
        {
            "name": "printing ten pages (第6表 and 第7表 of five users), warm / reading the files with csv",
            "ratio": round(statistics.median(ratios), 1),
            "goal": GOAL,
            "measured": {
                "pages": 2 * USERS,
                "seconds": round(statistics.median(seconds), 3),
                "first page cold s": round(cold, 2),
                "PDF kB": round(len(made) / 1000),
            },
        }
    ]


if __name__ == "__main__":
    print(json.dumps(run("--quick" in sys.argv), ensure_ascii=False))
