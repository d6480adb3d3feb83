"""The processes of the installation, and their end: all of them, by SIGKILL."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.cluster import children, is_gone, kill_if_there, until
from tests.installation import Installation

SYNC = """
import sys
from kiban_exchange import cli, sync
sync.LOOK_AGAIN = 0.0
sys.exit(cli.main(sys.argv[1:]))
"""


class KilledError(Exception):
    """The lot is being killed: nothing is begun any more."""


class Lot:
    """What runs between two kills. ``said`` takes what the web server says."""

    def __init__(self, made: Installation, said: Path) -> None:
        self.made, self.said = made, said
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.begun: list[subprocess.Popen[bytes]] = []

    def kiban(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The ``kiban`` command, begun. Raises KilledError."""
        return self.begin("-m", "kiban.ops.cli", *arguments)

    def sync(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        """``kiban-exchange``, which does not wait until files no longer change. Raises KilledError."""
        return self.begin("-c", SYNC, *arguments)

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.lock, self.said.open("ab") as said:
            if self.is_over.is_set():
                raise KilledError
            is_server = "serve" in arguments
            heard = said if is_server else subprocess.DEVNULL
            self.begun.append(
                subprocess.Popen(
                    [sys.executable, *arguments],
                    env=self.made.environment(),
                    # The server ends with this process; the others end by themselves.
                    stdin=subprocess.PIPE if is_server else subprocess.DEVNULL,
                    stdout=heard,
                    stderr=heard,
                    start_new_session=True,
                )
            )
            return self.begun[-1]

    def kill(self, chance: random.Random) -> None:
        """SIGKILL for everybody: half the time none can see another go, half the time one after the other."""
        with self.lock:
            self.is_over.set()
        if chance.random() < 0.5:
            stopped: set[int] = set()
            while new := self.everybody() - stopped:
                for pid in new:
                    kill_if_there(pid, signal.SIGSTOP)
                stopped |= new
        until(lambda: not self._kill_those_there_are(chance))
        self._wait()

    def _kill_those_there_are(self, chance: random.Random) -> bool:
        found = sorted(self.everybody())
        chance.shuffle(found)
        for pid in found:
            kill_if_there(pid)
        return bool(found)

    def end(self) -> None:
        """In order: the web server is told to, the others have ended."""
        with self.lock:
            self.is_over.set()
        for process in self.begun:
            process.terminate()
        self._wait()

    def _wait(self) -> None:
        for process in self.begun:
            process.wait()
            if process.stdin is not None:
                process.stdin.close()

    def everybody(self) -> set[int]:
        """Every process of the installation that has not ended: ours, their children, and what runs in its folder."""
        found = {int(one.name) for one in Path("/proc").glob("[0-9]*") if self._is_ours(one)}
        roots = {process.pid for process in self.begun if process.poll() is None} | found
        return {pid for root in roots for pid in (root, *descendants(root)) if not is_gone(pid)} - {os.getpid()}

    def _is_ours(self, process: Path) -> bool:
        """It names the folder in its command, was begun for it, or (a backend) has it as its working folder."""
        data = os.fsencode(self.made.data)
        try:
            if data in (process / "cmdline").read_bytes():
                return True
            if b"KIBAN_DATA=" + data in (process / "environ").read_bytes():
                return True
            return (process / "cwd").readlink().is_relative_to(self.made.data)
        except OSError:
            return False


def descendants(pid: int) -> Iterator[int]:
    try:
        found = children(pid)
    except OSError:
        return
    for child in found:
        yield child
        yield from descendants(child)
