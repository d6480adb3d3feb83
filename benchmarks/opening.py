"""Opening one person's record over keep-alive mutual TLS, against pgbench calling the same gate function.

One core each: the web server (or pgbench) on the first, PostgreSQL and the load generator on the second. The rounds
take turns, so that a machine whose speed drifts is as fast for the one as for the other. Everything lies in a folder
of its own and is thrown away.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

SERVER_CORE, DATABASE_CORE = 0, 1
CONNECTIONS = 4
OFFICE = 200  # persons in charge
INSURER = "131136"
BASE = 131136 * 10**10
JSON_GOAL, HTML_GOAL, GROWTH_GOAL, LIST_GOAL = 0.50, 0.20, 1.3, 5.0


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own."""
    with tempfile.TemporaryDirectory(prefix="kb-") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "KIBAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "kiban.ops.settings"}
        environment.pop("DATABASE_URL", None)
        environment.pop("KIBAN_DATABASE", None)
        arguments = [sys.executable, "-W", "ignore", "-m", "benchmarks.opening", *["--quick"] * quick]
        root = Path(__file__).parent.parent
        done = subprocess.run(arguments, cwd=root, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return list(json.loads(done.stdout.splitlines()[-1]))


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    from kiban.ops import embedded, secrets

    embedded.start()
    secrets.ensure()  # before the settings read them
    import django

    django.setup()
    from kiban.ops import provision, setup_steps

    provision.provision()
    setup_steps.load_reference_data()
    setup_steps.prepare()
    sizes = (20_000, 200_000) if quick else (100_000, 2_000_000)
    seconds, rounds = (4, 3) if quick else (10, 5)
    caller = fill(sizes[0])
    pin_database()
    results = []
    with serving() as port:
        clients = Clients(port, caller)
        small = compare(clients, caller, seconds, rounds)
        results += ratios(small, sizes[0])
        results.append(list_cost(clients, 60 if quick else 200))
        say(f"{sizes[1]} persons")
        grow(sizes[0], sizes[1])
        large = [clients.round(clients.json_path, seconds) for _ in range(rounds)]
        growth = median(large, "p99") / median(small["json"], "p99")
        results.append(
            {
                "name": f"p99 of an opening, {sizes[1]:,} against {sizes[0]:,} persons",
                "ratio": round(growth, 3),
                "goal": f"at most {GROWTH_GOAL}",
                "measured": {
                    "p99 ms small": round(median(small["json"], "p99"), 2),
                    "p99 ms large": round(median(large, "p99"), 2),
                },
            }
        )
        check_log(clients)
    return results


def compare(clients: Clients, caller: dict[str, str], seconds: int, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Rounds of pgbench, JSON and HTML in turn, after one of each that does not count."""
    found: dict[str, list[dict[str, float]]] = {"pgbench": [], "json": [], "html": []}
    for number in range(rounds + 1):
        taken = {
            "pgbench": pgbench(caller, seconds),
            "json": clients.round(clients.json_path, seconds),
            "html": clients.round(clients.html_path, seconds),
        }
        if number:
            for name, row in taken.items():
                found[name].append(row)
            say({name: round(row["per second"]) for name, row in taken.items()})
    return found


def ratios(found: dict[str, list[dict[str, float]]], persons: int) -> list[dict[str, Any]]:
    rows = []
    for name, label, goal in (
        ("json", "opening a record as JSON over mTLS / pgbench on the same gate", JSON_GOAL),
        ("html", "opening a record as HTML page over mTLS / pgbench on the same gate", HTML_GOAL),
    ):
        pairs = zip(found[name], found["pgbench"], strict=True)
        rows.append(
            {
                "name": label,
                "ratio": round(statistics.median(a["per second"] / b["per second"] for a, b in pairs), 3),
                "goal": goal,
                "measured": {
                    "per second": round(median(found[name], "per second")),
                    "p50 ms": round(median(found[name], "p50"), 2),
                    "p99 ms": round(median(found[name], "p99"), 2),
                    "pgbench per second": round(median(found["pgbench"], "per second")),
                    "connections": CONNECTIONS,
                    "persons": persons,
                },
            }
        )
    return rows


def list_cost(clients: Clients, times: int) -> dict[str, Any]:
    """Time of one list of the whole office against one opening, one after the other on one connection."""
    opening, listing = [], []
    for _ in range(times):
        opening.append(clients.once(clients.json_path(0)))
        listing.append(clients.once(clients.list_path))
    ratio = statistics.median(listing) / statistics.median(opening)
    return {
        "name": f"the office's list of {OFFICE} people as JSON / one opening",
        "ratio": round(ratio, 2),
        "goal": f"under {LIST_GOAL}",
        "measured": {
            "list ms": round(statistics.median(listing) * 1000, 2),
            "opening ms": round(statistics.median(opening) * 1000, 2),
        },
    }


def median(rows: list[dict[str, float]], name: str) -> float:
    return statistics.median(row[name] for row in rows)


# --- the data ---------------------------------------------------------------------------------------------------


def fill(persons: int) -> dict[str, str]:
    """An office with 200 people in charge among ``persons``; returns what its care manager shows."""
    from kiban.ops import database
    from kiban.ops.database import Role
    from kiban.records import kinds
    from kiban.terminals import authority

    issued = authority.issue("1379099010", 1)
    folder = Path(os.environ["KIBAN_DATA"])
    opened = pkcs12.load_pkcs12(issued.pkcs12, issued.password.encode())
    assert opened.cert is not None
    assert opened.key is not None
    (folder / "client.pem").write_bytes(opened.cert.certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "client-key.pem").write_bytes(
        opened.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    caller = {"session": "s" * 32, "certificate": authority.fingerprint(issued.certificate)}
    with database.connect(Role.OWNER) as owner:
        owner.execute(
            """INSERT INTO registry_insurer (prefecture_id, name, number, number_status, municipality_code,
                                             is_wide_area, counts, readiness, started_on)
               VALUES ('13', '試験区', '131136', 'entered', '', false, '{}', 'date', current_date - 10);
               INSERT INTO registry_migrateditem (insurer_id, item, migrated_on)
               SELECT id, '*', current_date - 10 FROM registry_insurer;
               INSERT INTO registry_organisation (id, kind, number, name, corporation_name, telephone, enrolled_on)
               OVERRIDING SYSTEM VALUE
               VALUES (1, 'office', '1379099010', '試験事業所', '', '', current_date - 10);
               INSERT INTO registry_organisationservice (organisation_id, service_id, starts_on)
               VALUES (1, '43', current_date - 10);
               INSERT INTO staff_account (id, login_id, name, kana, password, is_active, must_change_password,
                                          created_at)
               OVERRIDING SYSTEM VALUE VALUES (1, 'shiken', '試験 職員', '', '!', true, false, now());
               INSERT INTO staff_employment (id, account_id, organisation_id, job_type_id, level, starts_on)
               OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 'care_manager', 'general', current_date - 10);
               INSERT INTO terminals_terminal (id, organisation_id, name, place, purpose, custodian, created_at)
               OVERRIDING SYSTEM VALUE VALUES (1, 1, '試験PC', '', '', '', now())"""
        )
        owner.execute(
            """INSERT INTO terminals_certificate (terminal_id, organisation_id, fingerprint, serial, not_before,
                                                  not_after, issued_at, issued_by, revoked_by, revocation_reason)
               VALUES (1, 1, %s, '1', now() - interval '1 day', now() + interval '100 days', now(), '', '', '')""",
            [caller["certificate"]],
        )
        owner.execute(
            """INSERT INTO staff_session (session_key, session_data, expire_date, account_id, employment_id,
                                          certificate_fingerprint, second_factor_at)
               VALUES (%s, %s, now() + interval '7 hours', 1, 1, %s, now())""",
            [hashlib.sha256(caller["session"].encode()).hexdigest(), session_data(), caller["certificate"]],
        )
        owner.execute("DELETE FROM care.record")
        add_persons(owner, 1, persons)
        owner.execute(
            RECORDS.format(low="%(low)s", high="%(high)s"),
            {"base": BASE, "low": 1, "high": OFFICE, "items": [k for k in kinds.item_keys() if k not in EVERYBODY]},
        )
    settle()
    return caller


EVERYBODY = ("insurance_card.card", "insurance_card.burden_ratio", "certification.result")
# Twenty fields of the size of real ones.
RECORDS = """
INSERT INTO care.record (insured_key, item, history_no, version, valid_from, valid_to, source, digest, content)
SELECT %(base)s + n, item, 1, 1, current_date - 100, current_date + 300, 'insurer:131136', '\\x00'::bytea,
       jsonb_build_object('care_level', '23', 'valid_from', '2026-04-01', 'valid_until', '2027-03-31',
                          'burden_ratio', '1', 'board_opinion', '転倒に注意し、状態の変化を見ること。')
       || (SELECT jsonb_object_agg('field_' || f, '値 ' || n || '-' || f) FROM generate_series(1, 15) AS f)
  FROM generate_series({low}::bigint, {high}::bigint) AS n, unnest(%(items)s::text[]) AS item
"""


def add_persons(owner: Any, low: int, high: int) -> None:
    """Persons ``low`` to ``high`` with consent, an office and three records each."""
    span = {"base": BASE, "office": OFFICE, "low": low, "high": high, "items": list(EVERYBODY)}
    owner.execute(
        """INSERT INTO care.person (insured_key, name, kana, birth, sex, charset, search_key, kana_key)
           SELECT %(base)s + n, '試験 花子' || n, 'シケン', '1940-03-02', '2', 'utf-8', '試験花子' || n, 'シケン'
             FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n""",
        span,
    )
    owner.execute(
        """INSERT INTO care.consent (insured_key, given_on, text_version, signer, taken_by)
           SELECT %(base)s + n, current_date - 5, '1', 'self', 'municipality'
             FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n""",
        span,
    )
    # Two hundred persons an office; the first two hundred are the measured one's.
    owner.execute(
        """INSERT INTO care.identity (insured_key, organisation_id, confirmed_on, method)
           SELECT %(base)s + n, 1 + (n - 1) / %(office)s, current_date - 5, 'card'
             FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n""",
        span,
    )
    owner.execute(
        """INSERT INTO care.relation (insured_key, organisation_id, capacity, viewing_from)
           SELECT %(base)s + n, 1 + (n - 1) / %(office)s, 'plan', current_date - 5
             FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n""",
        span,
    )
    owner.execute(RECORDS.format(low="%(low)s", high="%(high)s"), span)


def grow(low: int, high: int) -> None:
    """More persons, in steps a small machine can take."""
    from kiban.ops import database
    from kiban.ops.database import Role

    with database.connect(Role.OWNER) as owner:
        owner.execute("SET synchronous_commit = off")
        for start in range(low + 1, high + 1, 100_000):
            add_persons(owner, start, min(start + 99_999, high))
    settle()


def settle() -> None:
    """Let the database finish what writing so much left behind, before anything is timed."""
    from kiban.ops import database

    with database.connect(None) as superuser:
        superuser.execute("VACUUM (ANALYZE)")
        superuser.execute("CHECKPOINT")


def session_data() -> str:
    """The signed part of a session, as the sign-in writes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY

    from kiban.staff.models import Account
    from kiban.staff.sessions import PASSWORD_BACKEND, SessionStore

    account = Account(password="!")  # noqa: S106 - nobody signs in with it
    data = {BACKEND_SESSION_KEY: PASSWORD_BACKEND, HASH_SESSION_KEY: account.get_session_auth_hash()}
    encoded: str = SessionStore().encode(data)
    return encoded


# --- who runs where ----------------------------------------------------------------------------------------------


def pin_database() -> None:
    """PostgreSQL and all it starts from now on, and this process, on the second core."""
    from kiban.ops import embedded

    postmaster = int((embedded.pgdata() / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in (postmaster, *map(int, children), 0):
        os.sched_setaffinity(pid, {DATABASE_CORE})


@contextmanager
def serving() -> Iterator[int]:
    """``kiban serve`` with one worker on the first core."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    arguments = ["serve", "--port", str(port), "--workers", "1", "--threads", str(CONNECTIONS)]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "kiban.ops.cli", *arguments],
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),  # noqa: PLW1509 - no threads yet
        stdout=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server did not start")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def pgbench(caller: dict[str, str], seconds: int) -> dict[str, float]:
    """Transactions a second of pgbench calling the gate, on the first core."""
    from kiban.ops import database, embedded
    from kiban.ops.database import Role
    from kiban.records import kinds

    items = ",".join(kinds.item_keys())
    script = Path(os.environ["KIBAN_DATA"]) / "open.sql"
    script.write_text(
        f"\\set key {BASE} + random(1, {OFFICE})\n"
        f"CALL gate.open_records('{caller['session']}', '{caller['certificate']}', :key, '{{{items}}}', "
        "'care_planning', NULL);\n"
    )
    where = database.parameters(Role.WEB)
    done = subprocess.run(
        [
            str(embedded.programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1",
            "-T", str(seconds), "-f", str(script), "-h", where["host"], "-U", where["user"], where["dbname"],
        ],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout
    assert "number of failed transactions: 0 " in done.stdout, done.stdout
    return {"per second": float(found[1])}


# --- the load generator -----------------------------------------------------------------------------------------


class Clients:
    """Keep-alive mutual-TLS connections that send one request after the other."""

    def __init__(self, port: int, caller: dict[str, str]) -> None:
        from django.conf import settings

        from kiban.terminals import authority
        from kiban.web import opaque

        folder = Path(os.environ["KIBAN_DATA"])
        context = ssl.create_default_context(cafile=str(authority.server_root_path()))
        context.load_cert_chain(folder / "client.pem", folder / "client-key.pem")
        self.head = (
            f" HTTP/1.1\r\nHost: localhost\r\nCookie: {settings.SESSION_COOKIE_NAME}={caller['session']}\r\n\r\n"
        ).encode()
        self.ids = [opaque.encode(BASE + number) for number in range(1, OFFICE + 1)]
        self.list_path = f"/api/v1/people?purpose=care_planning&limit={OFFICE}"
        self.answered = 0
        self.connections = [self._connect(context, port) for _ in range(CONNECTIONS)]

    @staticmethod
    def _connect(context: ssl.SSLContext, port: int) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", port), 60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(plain, server_hostname="localhost")

    def json_path(self, number: int) -> str:
        """All items of one person."""
        return f"/api/v1/people/{self.ids[number % OFFICE]}/records?purpose=care_planning"

    def html_path(self, number: int) -> str:
        """The first page of one person."""
        return f"/people/{self.ids[number % OFFICE]}/"

    def round(self, path: Any, seconds: float) -> dict[str, float]:
        """All connections at once for some seconds: requests a second, and p50 and p99 in milliseconds."""
        taken: list[list[float]] = [[] for _ in self.connections]
        end = time.perf_counter() + seconds

        def work(at: int) -> None:
            connection, number, mine = self.connections[at], at * 37, taken[at]
            while (began := time.perf_counter()) < end:
                self._ask(connection, path(number))
                mine.append(time.perf_counter() - began)
                number += 1

        began = time.perf_counter()
        threads = [threading.Thread(target=work, args=[at]) for at in range(len(self.connections))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lasted = time.perf_counter() - began
        times = sorted(one for mine in taken for one in mine)
        self.answered += len(times)
        return {
            "per second": len(times) / lasted,
            "p50": times[len(times) // 2] * 1000,
            "p99": times[int(len(times) * 0.99)] * 1000,
        }

    def once(self, path: str) -> float:
        """Seconds one request takes on a connection of its own."""
        began = time.perf_counter()
        self._ask(self.connections[0], path)
        return time.perf_counter() - began

    def _ask(self, connection: ssl.SSLSocket, path: str) -> None:
        connection.sendall(b"GET " + path.encode() + self.head)
        received = connection.recv(65536)
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head[:200].decode())
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
        missing = length - len(body)
        while missing > 0:
            missing -= len(connection.recv(min(missing, 65536)))


def check_log(clients: Clients) -> None:
    """Every answered opening must have its row: a fast answer without a trace would be worth nothing."""
    from kiban.ops import database
    from kiban.ops.database import Role

    with database.connect(Role.OWNER) as owner:
        row = owner.execute("SELECT count(*) FROM care.access_log WHERE action = 'record:open'").fetchone()
    assert row is not None
    assert row[0] >= clients.answered, (row, clients.answered)


def say(words: object) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv)))
