"""Who runs where: the web server or pgbench on the first core, PostgreSQL and the load generator on the second."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, DATABASE_CORE = 0, 1


def pin_database() -> None:
    """PostgreSQL and all it starts from now on, and this process, on the second core."""
    from kiban.ops import embedded

    postmaster = int((embedded.pgdata() / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in (postmaster, *map(int, children), 0):
        os.sched_setaffinity(pid, {DATABASE_CORE})


@dataclass(frozen=True)
class Server:
    """A running ``kiban serve``."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time its worker has used so far: what others do to the machine hardly changes it."""
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        ticks = 0
        for worker in workers:
            fields = Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])  # utime, stime
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(database: str, threads: int) -> Iterator[Server]:
    """``kiban serve`` with one worker on the first core."""
    from kiban.ops import dependent

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    arguments = ["serve", "--without-daily", "--port", str(port), "--workers", "1", "--threads", str(threads)]
    process = dependent.begin(
        arguments,
        env={**os.environ, "KIBAN_DATABASE": database, "PYTHONWARNINGS": "ignore"},
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
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
        yield Server(port, process.pid)
    finally:
        dependent.end(process, 30)


def pgbench(
    caller: dict[str, str], keys: Sequence[int], items: Sequence[str], connections: int, seconds: int
) -> dict[str, float]:
    """What pgbench gets by opening ``items`` of a random one of ``keys``: number, and transactions a second.

    Args:
        keys: evenly spaced, in order.
    """
    from kiban.ops import database, embedded
    from kiban.ops.database import Role

    script = Path(os.environ["KIBAN_DATA"]) / "open.sql"
    script.write_text(
        f"\\set key {keys[0]} + {keys[1] - keys[0]} * random(0, {len(keys) - 1})\n"
        f"CALL gate.open_records('{caller['session']}', '{caller['certificate']}', :key, '{{{','.join(items)}}}', "
        "'care_planning', NULL);\n"
    )
    where = database.parameters(Role.WEB)
    done = subprocess.run(
        [
            str(embedded.programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(connections), "-j", "1",
            "-T", str(seconds), "-f", str(script), "-h", where["host"], "-U", where["user"], where["dbname"],
        ],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    )  # fmt: skip
    assert "number of failed transactions: 0 " in done.stdout, done.stdout
    speed = re.search(r"tps = ([0-9.]+)", done.stdout)
    number = re.search(r"actually processed: (\d+)", done.stdout)
    assert speed is not None, done.stdout
    assert number is not None, done.stdout
    return {"number": int(number[1]), "per second": float(speed[1])}
