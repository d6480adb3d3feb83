"""Opening one person's record over keep-alive mutual TLS, against pgbench calling the same gate function.

The rounds take turns, so that a machine whose speed drifts is as fast for the one as for the other, and ratios are
taken within a turn. pgbench opens the very same items as the request it is compared with. After every round the
access log must have grown by exactly the number of answers. Everything lies in a folder of its own and is thrown away.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from benchmarks import own_folder, people, processes
from benchmarks.clients import Clients

CONNECTIONS = 4
# Copies on the same server, used for nothing but the comparison of sizes: the same history, another number of persons.
SMALL, LARGE = "kiban_small", "kiban_large"
JSON_GOAL, HTML_GOAL, GROWTH_GOAL, LIST_GOAL = 0.50, 0.35, 1.3, 5.0
Round = dict[str, float]


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own."""
    return own_folder.run("benchmarks.opening", quick=quick)


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    own_folder.set_up()
    from kiban.ops import database, provision

    small, large = (20_000, 200_000) if quick else (100_000, 2_000_000)
    seconds, rounds = (3, 6) if quick else (6, 10)
    say(f"{small:,} persons")
    caller = people.fill(small)
    from django.db import connections

    connections.close_all()  # a database somebody is connected to cannot be copied
    say(f"{large:,} persons")
    for name in (SMALL, LARGE):
        provision.create_database(name, database.database_name())
    people.grow(LARGE, small, large)
    people.settle(SMALL)
    processes.pin_database()
    check_durable()
    with ExitStack() as stack:
        clients = {
            name: Clients(stack.enter_context(processes.serving(name, CONNECTIONS)), caller["session"], CONNECTIONS)
            for name in (database.database_name(), SMALL, LARGE)
        }
        found = take_turns(clients, caller, people.measured(small), seconds, rounds)
        listing = list_cost(clients[database.database_name()], people.measured(small), 60 if quick else 200)
    return [*ratios(found, small), growth(found, small, large), listing]


def take_turns(
    clients: dict[str, Clients], caller: dict[str, str], keys: list[int], seconds: int, rounds: int
) -> dict[str, list[Round]]:
    """Rounds of everything in turn, after one turn that does not count."""
    from kiban.ops import database
    from kiban.records import kinds

    every, shown = kinds.item_keys(), [item.key for item in kinds.kinds()[0].items]
    as_json, as_html = [json_path(key) for key in keys], [html_path(key) for key in keys]
    for one in clients.values():
        check_answers(one, as_json[0], as_html[0], len(every))
    own = database.database_name()
    kinds_of_round: dict[str, tuple[str, int, Callable[[], Round]]] = {
        "pgbench": (own, len(every), lambda: processes.pgbench(caller, keys, every, CONNECTIONS, seconds)),
        "json": (own, len(every), lambda: clients[own].round(as_json, seconds)),
        "json, small": (SMALL, len(every), lambda: clients[SMALL].round(as_json, seconds)),
        "json, large": (LARGE, len(every), lambda: clients[LARGE].round(as_json, seconds)),
        "pgbench, page": (own, len(shown), lambda: processes.pgbench(caller, keys, shown, CONNECTIONS, seconds)),
        "html": (own, len(shown), lambda: clients[own].round(as_html, seconds)),
    }
    found: dict[str, list[Round]] = {name: [] for name in kinds_of_round}
    for number in range(rounds + 1):
        # Every other turn backwards: whoever comes after pgbench finds the database as pgbench left it.
        for name in list(kinds_of_round)[:: -1 if number % 2 else 1]:
            where, items, one_round = kinds_of_round[name]
            before = logged(where, items)
            taken = one_round()
            grown = logged(where, items) - before
            if grown != taken["number"]:  # a fast answer without a trace would be worth nothing
                raise RuntimeError(f"{name}: {taken['number']} answers and {grown} rows in the log")
            if number:
                found[name].append(taken)
        if number:
            say({name: round(taken[-1]["per second"]) for name, taken in found.items()})
    return found


def ratios(found: dict[str, list[Round]], persons: int) -> list[dict[str, Any]]:
    """JSON and HTML, each against pgbench opening the same items."""
    return [
        _ratio(found["json"], found["pgbench"], persons, "opening a record as JSON (12 items)", JSON_GOAL),
        _ratio(found["html"], found["pgbench, page"], persons, "opening a record as HTML page (4 items)", HTML_GOAL),
    ]


def _ratio(ours: list[Round], theirs: list[Round], persons: int, what: str, goal: float) -> dict[str, Any]:
    each = [a["per second"] / b["per second"] for a, b in zip(ours, theirs, strict=True)]
    return {
        "name": f"{what} over mTLS / pgbench opening the same",
        "ratio": round(statistics.median(each), 3),
        "goal": goal,
        "measured": {
            "per second": round(median(ours, "per second")),
            "p50 ms": round(median(ours, "p50"), 2),
            "p99 ms": round(median(ours, "p99"), 2),
            "server CPU ms": round(median(ours, "cpu"), 2),
            "pgbench per second": round(median(theirs, "per second")),
            "ratio lowest": round(min(each), 3),
            "ratio highest": round(max(each), 3),
            "rounds": len(each),
            "connections": CONNECTIONS,
            "persons": persons,
        },
    }


def growth(found: dict[str, list[Round]], small: int, large: int) -> dict[str, Any]:
    """p99 with more persons in the database against p99 with fewer, turn by turn."""
    pairs = list(zip(found["json, large"], found["json, small"], strict=True))
    return {
        "name": f"p99 of an opening (JSON), {large:,} against {small:,} persons",
        "ratio": round(statistics.median(a["p99"] / b["p99"] for a, b in pairs), 3),
        "goal": f"at most {GROWTH_GOAL}",
        "measured": {
            "p99 ms small": round(median(found["json, small"], "p99"), 2),
            "p99 ms large": round(median(found["json, large"], "p99"), 2),
            "p50 ms small": round(median(found["json, small"], "p50"), 2),
            "p50 ms large": round(median(found["json, large"], "p50"), 2),
        },
    }


def list_cost(clients: Clients, keys: list[int], times: int) -> dict[str, Any]:
    """Time of one list of the whole office against one opening, in turn on one connection."""
    path = f"/api/v1/people?purpose=care_planning&limit={people.OFFICE}"
    answer = json.loads(clients.first(path))
    assert answer["total"] == len(answer["people"]) == people.OFFICE, (answer["total"], len(answer["people"]))
    opening, listing = [], []
    for number in range(-10, times):  # the first do not count
        taken = clients.once(json_path(keys[number % len(keys)])), clients.once(path)
        if number >= 0:
            opening.append(taken[0])
            listing.append(taken[1])
    ratio = statistics.median(listing) / statistics.median(opening)
    return {
        "name": f"the office's list of {people.OFFICE} people as JSON / one opening",
        "ratio": round(ratio, 2),
        "goal": f"under {LIST_GOAL}",
        "measured": {
            "list ms": round(statistics.median(listing) * 1000, 2),
            "opening ms": round(statistics.median(opening) * 1000, 2),
        },
    }


def median(rows: list[Round], name: str) -> float:
    return statistics.median(row[name] for row in rows)


def json_path(key: int) -> str:
    """All items of one person."""
    from kiban.web import opaque

    return f"/api/v1/people/{opaque.encode(key)}/records?purpose=care_planning"


def html_path(key: int) -> str:
    """The page of one kind of one person: all items of the first. (Arriving at a person asks for marks as well.)"""
    from kiban.records import kinds
    from kiban.web import opaque

    return f"/people/{opaque.encode(key)}/records/{kinds.kinds()[0].key}/"


def check_durable() -> None:
    """The server and the web role must wait for the disk: else every figure here would mean something else."""
    from kiban.ops import database
    from kiban.ops.database import Role

    with database.connect(Role.WEB) as web:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            row = web.execute(f"SHOW {name}".encode()).fetchone()
            assert row == ("on",), (name, row)


def check_answers(clients: Clients, json_address: str, html_address: str, items: int) -> None:
    """Whole answers only: every item shown with its records, and a page without a refusal."""
    answer = json.loads(clients.first(json_address))
    assert answer["outcome"] == "allowed", answer["outcome"]
    assert len(answer["items"]) == items
    assert all(item["records"] for item in answer["items"])
    page = clients.first(html_address)
    for words in ("被保険者証", "負担割合証", "負担限度額認定証", "減免減額認定証", "認定有効期間開始日"):
        assert words in page, words
    assert "記録は、まだ登録されていません" not in page


def logged(name: str, items: int) -> int:
    """Rows of openings in the access log of a database that showed all of so many items."""
    from kiban.ops import database
    from kiban.ops.database import Role

    with database.connect(Role.OWNER, name) as owner:
        row = owner.execute(
            "SELECT count(*) FROM care.access_log"
            " WHERE action = 'record:open' AND outcome = 'allowed' AND cardinality(decisions) = %s",
            [items],
        ).fetchone()
    assert row is not None
    return int(row[0])


def say(words: object) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv)))
