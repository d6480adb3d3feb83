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
print(embedded.start(), flush=True)
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
        return int((self.data / "pg" / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """kill -9 of the whole server, as a power cut would."""
        main = self.postmaster
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for pid in (main, *map(int, children)):
            kill_if_there(pid)
        while any(Path(f"/proc/{pid}/stat").exists() and not is_zombie(pid) for pid in (main, *map(int, children))):
            os.sched_yield()
        self.stop()


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def kill_if_there(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
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
