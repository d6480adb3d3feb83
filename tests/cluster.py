"""A PostgreSQL of a test's own, to be killed, starved and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

PROVISION = """
import django
from kiban.ops import embedded
embedded.start()
django.setup()
from kiban.ops import provision, setup_steps
provision.provision()
setup_steps.load_reference_data()
"""
RUN = """
import sys
from kiban.ops import embedded
print(embedded.start().socket, flush=True)
sys.stdin.read()
"""


class Cluster:
    """An embedded server under its own data folder, run by a process of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("KIBAN_DATABASE", "DATABASE_URL")},
            "KIBAN_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "kiban.ops.settings",
            "PYTHONWARNINGS": "ignore",
        }
        subprocess.run([sys.executable, "-c", PROVISION], env=self.environment, check=True, capture_output=True)
        self.keeper: subprocess.Popen[str] | None = None
        self.socket = ""

    def start(self) -> None:
        self.keeper = subprocess.Popen(
            [sys.executable, "-c", RUN],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.keeper.stdout is not None
        self.socket = self.keeper.stdout.readline().strip()

    def stop(self) -> None:
        if self.keeper is not None and self.keeper.stdin is not None and self.keeper.stdout is not None:
            self.keeper.stdin.close()
            self.keeper.wait()
            self.keeper.stdout.close()
            self.keeper = None

    def connect(self, role: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host=self.socket, user=role, dbname="kiban", autocommit=True)

    @property
    def postmaster(self) -> int:
        return postmaster(self.data)

    def kill(self) -> None:
        """kill -9 of the whole server, as a power cut would."""
        power_cut(self.data)
        self.stop()


def postmaster(data: Path) -> int:
    """The process number of the server in a data folder."""
    return int((data / "pg" / "postmaster.pid").read_text().split()[0])


def power_cut(data: Path) -> None:
    """Kill the server of a data folder, all its processes and its keeper, none of them able to see another go."""
    main = postmaster(data)
    everybody = [parent(main), main, *children(main)]
    for pid in everybody:
        kill_if_there(pid, signal.SIGSTOP)
    for pid in everybody:
        kill_if_there(pid)
    until(lambda: all(map(is_gone, everybody)))


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_gone(pid: int) -> bool:
    """Whether a process has ended, be it not yet waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def kill_if_there(pid: int, number: int = signal.SIGKILL) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


@contextmanager
def running(data: Path) -> Iterator[Cluster]:
    """A started cluster; stopped at the end whatever happened."""
    cluster = Cluster(data)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def until(condition: Any, seconds: float = 20.0) -> None:
    """Wait for something another process does, without guessing how long it takes."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        os.sched_yield()
