"""What an opening costs in the database against the least any honest opening costs.

The least: the same records read as one JSON text and one plain row of a log, durable, in one round trip (*bare*); and
the same with two rows and two commits, as the gate's order of asking needs it (*bare in two steps*). All by pgbench on
one core, in turns. Prints besides how many openings of a single item the gate makes.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import own_folder, people, processes

CONNECTIONS = 4
GOAL = 0.40
Round = dict[str, float]


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own."""
    return own_folder.run("benchmarks.bare_opening", quick=quick)


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    own_folder.set_up()
    from kiban.records import kinds

    persons = 20_000
    caller = people.fill(persons)
    processes.pin_database()
    keys, items = people.measured(persons), kinds.item_keys()
    make_bare(caller, items)
    scripts = {
        "bare": "SELECT care.bare(:key);",
        "bare in two steps": "CALL care.bare_in_two(:key, NULL);",
        "gate": opening(caller, items),
        "gate, one item": opening(caller, items[:1]),
    }
    seconds, rounds = (3, 5) if quick else (5, 9)
    found: dict[str, list[float]] = {name: [] for name in scripts}
    for number in range(rounds + 1):  # the first does not count
        for name in list(scripts)[:: -1 if number % 2 else 1]:
            speed = pgbench(scripts[name], keys, as_owner=name.startswith("bare"), seconds=seconds)
            if number:
                found[name].append(speed)
        print({name: round(taken[-1]) for name, taken in found.items() if taken}, file=sys.stderr, flush=True)
    return [_row(found, other) for other in ("bare", "bare in two steps")]


def _row(found: dict[str, list[float]], other: str) -> dict[str, Any]:
    each = [a / b for a, b in zip(found["gate"], found[other], strict=True)]
    return {
        "name": f"opening 12 items through the gate / {other}",
        "ratio": round(statistics.median(each), 3),
        "goal": GOAL,
        "measured": {f"{name} per second": round(statistics.median(taken)) for name, taken in found.items()}
        | {"ratio lowest": round(min(each), 3), "ratio highest": round(max(each), 3), "rounds": len(each)},
    }


def opening(caller: dict[str, str], items: Sequence[str]) -> str:
    """The call of the gate."""
    listed = "{" + ",".join(items) + "}"
    return (
        f"CALL gate.open_records('{caller['session']}', '{caller['certificate']}', :key, '{listed}', "
        "'care_planning', NULL);"
    )


def make_bare(caller: dict[str, str], items: Sequence[str]) -> None:
    """The bare openings, and their log."""
    from kiban.ops import database

    listed = "{" + ",".join(items) + "}"
    words = "{" + ",".join(f'"+{item}|"' for item in items) + "}"
    row = (
        "INSERT INTO care.bare_log (insured_key, at, id, xid, action, account_id, session, certificate, purpose,"
        " persons, standing, decisions, detail, outcome, salt, leaf) VALUES (p_key, clock_timestamp(),"
        f" nextval('care.bare_id'), pg_current_xact_id(), 'record:open', 1, repeat('a', 64),"
        f" '{caller['certificate']}', 'care_planning', '{{}}',"
        f" '{{}}', '{words}', '', 'allowed', '', '');"
    )
    answer = (
        "SELECT json_agg(json_build_object('item', item, 'records', versions))::text FROM (SELECT e.item,"
        " json_agg(json_build_object('entry', e.entry, 'history_no', e.history_no, 'version', e.version, 'valid_from',"
        " e.valid_from, 'valid_to', e.valid_to, 'source', e.source, 'registered_at', e.registered_at, 'superseded_at',"
        " e.superseded_at, 'reason', e.reason, 'content', e.content) ORDER BY e.superseded_at DESC NULLS FIRST,"
        " e.valid_from DESC NULLS LAST, e.history_no DESC, e.version DESC) AS versions FROM care.record AS e"
        f" WHERE e.insured_key = p_key AND e.item = ANY ('{listed}') GROUP BY e.item) AS v"
    )
    with database.connect(None) as admin:
        admin.execute(
            "CREATE TABLE care.bare_log (LIKE care.access_log INCLUDING DEFAULTS, PRIMARY KEY (insured_key, at, id))"
        )
        admin.execute("CREATE SEQUENCE care.bare_id")
        admin.execute(
            f"CREATE FUNCTION care.bare(p_key bigint) RETURNS text LANGUAGE sql AS $f${row}{answer};$f$".encode()
        )
        admin.execute(
            "CREATE PROCEDURE care.bare_in_two(p_key bigint, INOUT told text) LANGUAGE plpgsql AS $f$"
            f"BEGIN {row} COMMIT; {row} COMMIT; told := ({answer}); END $f$".encode()
        )


def pgbench(script: str, keys: Sequence[int], *, as_owner: bool, seconds: int) -> float:
    """Transactions a second. keys: evenly spaced, in order."""
    from kiban.ops import database, embedded
    from kiban.ops.database import Role

    path = Path(os.environ["KIBAN_DATA"]) / "bare.sql"
    path.write_text(f"\\set key {keys[0]} + {keys[1] - keys[0]} * random(0, {len(keys) - 1})\n{script}\n")
    where = database.parameters(None if as_owner else Role.WEB)
    done = subprocess.run(
        [
            str(embedded.programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1",
            "-T", str(seconds), "-f", str(path), "-h", where["host"], "-U", where["user"], database.database_name(),
        ],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {processes.SERVER_CORE}),
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout + done.stderr
    return float(found[1])


if __name__ == "__main__":
    import json

    print(json.dumps(measure("--quick" in sys.argv)))
