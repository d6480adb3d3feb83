"""予実突合 of 1,000 users × 40 lines × 31 days against reading the same rows once with a bare loop."""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

GOAL = 12.0
ROUNDS = 5


def run(quick: bool) -> list[dict[str, Any]]:
    """Match a month in which one visit in fifty was not made; the bare loop only adds up the times of both sides."""
    from kiban.formats.careplan.layouts import Document, Kind, layout
    from kiban.formats.careplan.matching import match

    users = 100 if quick else 1000
    form = layout(Kind.SCHEDULE)
    planned, done = Document(form), Document(layout(Kind.ACTUAL))
    chance = random.Random(1)
    at = {name: form.number(name) - 1 for name in ("被保険者番号", "対象年月", "サービス利用日", "サービス回数")}
    at |= {name: form.number(name) - 1 for name in ("保険者番号", "サービスコード", "サービス事業者コード")}
    for user in range(users):
        for line in range(40):
            row = [""] * form.width
            row[at["保険者番号"]], row[at["被保険者番号"]] = "131136", f"{user:010d}"
            row[at["対象年月"]], row[at["サービス回数"]] = "202610", "1"
            row[at["サービスコード"]] = f"11{line:04d}"
            row[at["サービス事業者コード"]] = f"13700000{line % 4:02d}"
            for day in range(1, 32):
                row[at["サービス利用日"]] = f"202610{day:02d}"
                planned.rows.append(tuple(row))
                if chance.random() >= 0.02:
                    done.rows.append(tuple(row))
    times = at["サービス回数"]
    found: dict[str, list[float]] = {"match": [], "loop": []}
    for _ in range(2 if quick else ROUNDS):
        begun = time.perf_counter()
        matched = match([planned], [done])
        found["match"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        total = sum(int(row[times]) for document in (planned, done) for row in document.rows)
        found["loop"].append(time.perf_counter() - begun)
    missing = sum(one.times for month in matched.months for one in month.differences)
    assert missing == 2 * len(planned.rows) - total, "the match lost something"
    ratios = [match / loop for match, loop in zip(found["match"], found["loop"], strict=True)]
    return [
        {
            "name": "予実突合 of a month / adding up the same rows in a bare loop",
            "ratio": round(statistics.median(ratios), 3),
            "goal": f"under {GOAL}",
            "measured": {
                "match s": round(statistics.median(found["match"]), 2),
                "loop s": round(statistics.median(found["loop"]), 2),
                "rows": len(planned.rows) + len(done.rows),
                "users": users,
                "differences": missing,
            },
        }
    ]
