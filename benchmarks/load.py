"""``kiban load`` against raw COPY: the same rows into an identical table with the same indexes, in one run.

A database of its own is provisioned (embedded, in a temporary folder, unless ``DATABASE_URL`` is set), filled with
persons, and thrown away. The command is measured as a clerk starts it: from the shell, until it ends.

    python -m benchmarks.load [--quick]
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import own_folder

GOAL = 0.40
MEMORY_GOAL = 200  # MiB
INSURER = "131136"
RECORDS_EACH = 4  # certifications of one person
BAD_EVERY = 1000  # one row in a thousand is bad
BLOCK = 1 << 17
DATABASE = "kiban_bench_load"

HEADINGS = (
    "保険者番号", "被保険者番号", "履歴番号", "申請日", "申請区分", "認定状況", "認定日", "要介護度", "有効期間開始日",
    "有効期間終了日", "審査会意見", "前回の要介護度", "調査依頼日", "調査実施日", "意見書依頼日", "意見書入手日",
    "一次判定日", "審査会開催日", "結果通知日", "障害高齢者の日常生活自立度",
    "認知症高齢者の日常生活自立度", "訂正理由",
)  # fmt: skip
LEVELS = ("06", "12", "13", "21", "22", "23", "24", "25")


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own: 1,000,000 rows, or 400,000 when ``quick``.

    Fewer rows would measure the half second the command needs to start.
    """
    arguments = ["benchmarks.load", "--measure", *["--quick"] * quick]
    return list(json.loads(own_folder.finished(arguments, {**os.environ, "KIBAN_DATABASE": DATABASE})))


def certifications(path: Path, rows: int) -> int:
    """A CP932 file of certification rows, four a person; returns how many of them are bad."""
    chance = random.Random(1)
    bad = 0
    with path.open("w", encoding="cp932", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number in range(rows):
            level = chance.choice(LEVELS)
            if number % BAD_EVERY == 7:
                level, bad = "99", bad + 1
            writer.writerow(_certification(number, level, chance))
    return bad


def _certification(number: int, level: str, chance: random.Random) -> list[str]:
    applied = dt.date(2016, 1, 4) + dt.timedelta(days=chance.randint(0, 3600))
    survey, opinion, first, board = (chance.randint(low, low + 12) for low in (3, 8, 16, 25))

    def day(after: int) -> str:
        return f"{applied + dt.timedelta(days=after):%Y%m%d}"

    remark = chance.choice(("", "", "特になし", "口腔機能の維持に留意する", "福祉用具の利用を検討する"))
    return [
        INSURER, f"{number // RECORDS_EACH + 1:010}", str(number % RECORDS_EACH + 1), day(0), chance.choice("123"), "2",
        day(board), level, day(board), day(board + 364), remark, chance.choice(LEVELS), day(1), day(survey), day(1),
        day(opinion), day(first), day(board), day(board + 3),
        chance.choice(("01", "11", "21", "31")), chance.choice(("01", "02", "03")), "",
    ]  # fmt: skip


def _measure(quick: bool) -> list[dict[str, Any]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kiban.ops.settings")
    from kiban.ops import database, embedded

    own_folder.end_in_order()
    if database.is_embedded():
        embedded.start()
    import django

    django.setup()
    from kiban.ops import provision
    from kiban.ops.setup_steps import load_reference_data

    rows = 400_000 if quick else 1_000_000
    with database.connect(None, provision.maintenance_database()) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())
    provision.provision()
    load_reference_data()
    with database.connect(None) as connection:
        _people(connection, rows // RECORDS_EACH)
        path = Path(os.environ["KIBAN_DATA"]) / "certification.csv"
        bad = certifications(path, rows)
        # The first load makes the server's log files; what is compared afterwards finds them there.
        _kiban_load(path)
        connection.execute("TRUNCATE care.record, intake_error, intake_load")
        connection.execute("CHECKPOINT")
        seconds, peak, report = _kiban_load(path)
        assert (report["added"], report["faulty"]) == (rows - bad, bad), report
        raw = _raw_copy(connection)
    with database.connect(None, provision.maintenance_database()) as server:
        server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())
    # COPY wrote only the good rows; the comparison is per row of the file.
    per_row, raw_per_row = seconds / rows, raw / (rows - bad)
    measured = {
        "rows": rows,
        "bad rows": bad,
        "encoding": "CP932",
        "file MB": round(path.stat().st_size / 1e6, 1),
        "kiban load seconds": round(seconds, 2),
        "raw COPY seconds": round(raw, 2),
        "rows per second": round(rows / seconds),
        "peak memory MiB": round(peak),
    }
    return [
        {"name": "load", "ratio": round(raw_per_row / per_row, 3), "goal": GOAL, "measured": measured},
        # How much of the allowance is left: 1.0 and more is within it.
        {
            "name": "load memory",
            "ratio": round(MEMORY_GOAL / peak, 3),
            "goal": 1.0,
            "measured": {"peak memory MiB": round(peak), "allowed MiB": MEMORY_GOAL, "rows": rows},
        },
    ]


def _people(connection: Any, count: int) -> None:
    connection.execute(
        "INSERT INTO registry_insurer (prefecture_id, name, number, number_status, municipality_code, is_wide_area,"
        " counts, readiness) VALUES ('13', '渋谷区', %s, 'entered', '131136', false, '{}', 'date')"
        " ON CONFLICT DO NOTHING",
        [INSURER],
    )
    connection.execute(
        "INSERT INTO care.person (insured_key, name, kana, birth, sex, charset, search_key, kana_key)"
        " SELECT care.insured_key(%s, lpad(n::text, 10, '0')), '試験 花子', 'シケン ハナコ', '1940-03-02', '2',"
        " 'cp932', '試験花子', 'シケンハナコ' FROM generate_series(1, %s) AS n",
        [INSURER, count],
    )
    connection.execute("VACUUM ANALYZE care.person")


def _kiban_load(path: Path) -> tuple[float, float, dict[str, Any]]:
    """Seconds, peak memory in MiB, and the report of the command."""
    command = [sys.executable, "-W", "ignore", "-m", "kiban.ops.cli", "load", str(path), "--yes", "--json"]
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        reports = json.load(out)
    assert process.returncode == 1, "some rows are bad"
    return seconds, usage.ru_maxrss / 1024, dict(reports[0])


def _raw_copy(connection: Any) -> float:
    """Seconds of COPY of the rows now in care.record into a table like it; the mean of two."""
    path = Path(os.environ["KIBAN_DATA"]) / "rows.copy"
    with path.open("wb") as file, connection.cursor().copy("COPY care.record TO STDOUT") as copy:
        for block in copy:
            file.write(block)
    connection.execute("CREATE TABLE care.record_copied (LIKE care.record INCLUDING ALL)")
    seconds = []
    for _ in range(2):
        connection.execute("TRUNCATE care.record_copied")
        connection.execute("CHECKPOINT")
        began = time.perf_counter()
        with path.open("rb") as file, connection.cursor().copy("COPY care.record_copied FROM STDIN") as copy:
            while block := file.read(BLOCK):
                copy.write(block)
        seconds.append(time.perf_counter() - began)
    return sum(seconds) / len(seconds)


if __name__ == "__main__":
    found = _measure("--quick" in sys.argv) if "--measure" in sys.argv else run("--quick" in sys.argv)
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    print()
