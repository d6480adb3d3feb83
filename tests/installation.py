"""An installation of a test's own, used by processes of its own, which may be killed; nothing of it may be left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from kiban.ops import embedded
from tests.cluster import is_gone, postmaster, until

ENOUGH = 2**30  # bytes

# A process that uses the server until its input ends.
USER = """
import sys
from kiban.ops import cli, embedded
import signal
signal.signal(signal.SIGTERM, cli.end_in_order)
print(embedded.start(fsync="off").socket, flush=True)
sys.stdin.read()
"""


class Installation:
    """A data folder with an embedded database."""

    def __init__(self, data: Path) -> None:
        self.data = data

    @property
    def pg(self) -> Path:
        return self.data / "pg"

    def environment(self, **more: str) -> dict[str, str]:
        """An operator's: no database but this one."""
        foreign = ("KIBAN_DATABASE", "KIBAN_PGHOST", "DATABASE_URL")
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        return {**kept, "KIBAN_DATA": str(self.data), "PYTHONWARNINGS": "ignore", **more}

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """The ``kiban`` command, begun."""
        return self.python("-m", "kiban.ops.cli", *arguments)

    def kiban(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The ``kiban`` command, to its end."""
        process = self.begin(*arguments)
        said, errors = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, said, errors)

    def python(self, *arguments: str) -> subprocess.Popen[str]:
        """A process of ours, begun: a program as text, or the arguments of the interpreter."""
        return subprocess.Popen(
            [sys.executable, *(("-c", *arguments) if len(arguments) == 1 else arguments)],
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a terminal of its own: Ctrl+C is for it alone
        )

    @contextmanager
    def user(self) -> Iterator[User]:
        """A process that uses the server; ended in order if the test has not ended it."""
        process = self.python(USER)
        try:
            yield (user := User(process))
            user.leave()
        finally:
            process.kill()
            process.wait()

    def postmaster(self) -> int:
        return postmaster(self.data)

    def processes(self) -> list[int]:
        """Every process that names the data folder in its command: the keeper, PostgreSQL, initdb."""
        return [pid for one in Path("/proc").glob("[0-9]*") if self._is_named_by(pid := int(one.name))]

    def _is_named_by(self, pid: int) -> bool:
        try:
            return os.fsencode(self.data) in Path(f"/proc/{pid}/cmdline").read_bytes() and not is_gone(pid)
        except OSError:
            return False

    def is_left_alone(self) -> bool:
        return not self.processes()

    def connect(self, **more: Any) -> psycopg.Connection[Any]:
        """As the superuser, to a server that runs."""
        state = embedded.state.read(self.data)
        assert state is not None
        return psycopg.connect(
            host=state.socket, port=embedded.PORT, user="postgres", dbname="postgres", autocommit=True, **more
        )


class User:
    """A process that uses the server of an installation."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.socket = process.stdout.readline().strip()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, return the exit code."""
        self.process.send_signal(number)
        return self.process.wait()

    def begin_to_leave(self) -> None:
        """Let it end in order, without waiting."""
        if self.process.stdin is not None:
            self.process.stdin.close()
            self.process.stdin = None

    def leave(self) -> str:
        """Let it end in order; returns what it wrote to standard error."""
        self.begin_to_leave()
        return self.process.communicate()[1] if self.process.returncode is None else ""


@contextmanager
def installation(beneath: str = "", copied_from: Path | None = None) -> Iterator[Installation]:
    """A data folder under the temporary one; at the end nothing of it may run any more.

    Args:
        beneath: the name of the data folder itself, or a path of several.
        copied_from: an installation that is set up and does not run.
    """
    with open_folder() as top:
        data = top / (beneath or "data")
        if copied_from is not None:
            data.parent.mkdir(parents=True, exist_ok=True)
            copy(copied_from, data)
        made = Installation(data)
        yield made
        until(made.is_left_alone)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder root's database account can go through; pytest closes the parent of ``tmp_path`` when it starts."""
    folder = Path(tempfile.mkdtemp(prefix="ki-", dir=quick_disk()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def quick_disk() -> Path | None:
    """Memory, where there is enough of it: what is killed is a process, so nothing need outlive the machine."""
    memory = Path("/dev/shm")
    enough = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH
    return memory if enough else None


def copy(source: Path, target: Path) -> None:
    """Copy a data folder as it is, owners and all (of a running one: what happens to be there)."""
    done = subprocess.run(["cp", "-a", str(source), str(target)], check=False, capture_output=True, text=True)
    # A running server takes files away while they are read; that is what a copy of a running one is like.
    assert all("No such file" in line for line in done.stderr.splitlines()), done.stderr
