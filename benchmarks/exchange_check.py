"""``kiban exchange check`` against Python's bare csv reader on the same bytes, and how both grow.

Every size is measured in a process of its own, so that its peak memory is its own. Processor time, not time on the
clock: neither side waits for anything, and the machine may be doing other things.

    python -m benchmarks.exchange_check [--quick]
"""

from __future__ import annotations

import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiban.formats.careplan.checks import check_paths
from kiban.formats.careplan.layouts import Kind, Severity, layout, samples, write

GOAL = 0.30
GROWTH_GOAL = 1.2  # processor time per line, large against small
LINES = 40  # of 第6表 for one user
ROUNDS = 5
LARGE, SMALL = 1_000_000, 100_000
MONTH = {Kind.SCHEDULE: LINES, Kind.BENEFIT: 8, Kind.USER: 1}
USER = b"0000000001"


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure 1,000,000 lines against 100,000, or 200,000 against 20,000 when ``quick``."""
    large, small = (LARGE // 5, SMALL // 5) if quick else (LARGE, SMALL)
    big, little, month = _apart("actual", large), _apart("actual", small), _apart("month", large // 4)
    about = {"lines": large, "file MB": big["MB"], "lines per second": big["rate"], "csv lines per second": big["csv"]}
    return [
        {
            "name": "exchange check of one long file (第6表 実績) / bare csv reader",
            "ratio": big["ratio"],
            "goal": GOAL,
            "measured": about | {"ratio lowest": big["lowest"], "ratio highest": big["highest"], "rounds": ROUNDS},
        },
        {
            "name": "exchange check of a month's unit (第6表 予定, 第7表, 利用者補足情報) / bare csv reader",
            "ratio": month["ratio"],
            "goal": GOAL,
            "measured": {
                "lines": month["lines"],
                "users": month["users"],
                "lines per second": month["rate"],
                "ratio lowest": month["lowest"],
                "ratio highest": month["highest"],
            },
        },
        {
            "name": f"exchange check, time per line, {large:,} lines against {small:,}",
            "ratio": round(little["rate"] / big["rate"], 3),
            "goal": f"at most {GROWTH_GOAL}",
            "measured": {
                "lines per second small": little["rate"],
                "lines per second large": big["rate"],
                "peak memory MiB small": little["peak"],
                "peak memory MiB large": big["peak"],
            },
        },
    ]


def _apart(what: str, lines: int) -> dict[str, Any]:
    arguments = [sys.executable, "-m", "benchmarks.exchange_check", "--measure", what, str(lines)]
    done = subprocess.run(arguments, cwd=Path(__file__).parent.parent, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def measure(what: str, lines: int) -> dict[str, Any]:
    """Generate files, check them, read them with csv; in turn, every other turn the other way round.

    Raises AssertionError when the check finds anything in the generated files or misses a line.
    """
    each = MONTH if what == "month" else {Kind.ACTUAL: LINES}
    users = max(1, lines // sum(each.values()))
    with tempfile.TemporaryDirectory(prefix="kiban-bench-") as folder:
        files = [_file(Path(folder), kind, count, users) for kind, count in each.items()]
        written = sum(path.stat().st_size for path in files)
        count = sum(_bare(path) for path in files)
        ratios, checks, bares = [], [], []
        for turn in range(ROUNDS):
            for side in (0, 1) if turn % 2 else (1, 0):
                begun = time.process_time()
                if side:
                    report = check_paths(files)
                    checks.append(time.process_time() - begun)
                    assert report.rows == count
                    assert not [one for one in report.findings if one.severity is not Severity.INFO]
                else:
                    assert sum(map(_bare, files)) == count
                    bares.append(time.process_time() - begun)
            ratios.append(bares[-1] / checks[-1])
    return {
        "ratio": round(statistics.median(ratios), 3),
        "lowest": round(min(ratios), 3),
        "highest": round(max(ratios), 3),
        "lines": count,
        "users": users,
        "MB": round(written / 1e6, 1),
        "rate": round(count / statistics.median(checks)),
        "csv": round(count / statistics.median(bares)),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _bare(path: Path) -> int:
    with path.open(encoding="cp932", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def _file(folder: Path, kind: Kind, lines: int, users: int) -> Path:
    """One user's sample rows, repeated under other numbers; two of the lines of 第7表 are subtotal and total."""
    own = lines - 2 if kind is Kind.BENEFIT else lines
    scene = replace(samples.SCENE, users=1, lines=own)
    one = write(layout(kind), samples.rows(layout(kind), scene))
    path = folder / samples.file_name(kind, scene)
    with path.open("wb") as file:
        file.writelines(_repeated(one, users))
    return path


def _repeated(one: bytes, users: int) -> Iterator[bytes]:
    for number in range(1, users + 1):
        yield one.replace(b"," + USER + b",", b",%010d," % number)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure(sys.argv[-2], int(sys.argv[-1]))))
    else:
        for row in run("--quick" in sys.argv):
            print(row["name"], row["ratio"], "goal", row["goal"], row["measured"])
