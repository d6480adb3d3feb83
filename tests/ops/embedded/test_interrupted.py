"""What uses a database for a while (tests, benchmarks, the demo's check) leaves neither process nor folder behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster import is_gone, kill_if_there, until
from tests.database import ROOT
from tests.installation import open_folder

pytestmark = pytest.mark.fault

BENCHMARK = """
import os
from benchmarks import own_folder
own_folder.end_in_order()
own_folder.finished(["kiban.ops.cli", "setup"], dict(os.environ))
"""
WAITS = """
import signal
def test_waits():
    signal.pause()
"""


def begun(command: list[str], **more: str) -> subprocess.Popen[bytes]:
    """In a process group of its own, as a terminal makes one for every command."""
    foreign = ("KIBAN_DATA", "KIBAN_TEST_DATA", "KIBAN_DATABASE", "KIBAN_PGHOST", "DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if name not in foreign and not name.startswith("PYTEST_")}
    quiet = subprocess.DEVNULL
    environment = {**kept, "PYTHONWARNINGS": "ignore", **more}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


def has(process: subprocess.Popen[bytes], folder: Path, pattern: str) -> None:
    """Wait for a file."""

    def is_there() -> bool:
        assert process.poll() is None, "it ended by itself"
        return any(folder.glob(pattern))

    until(is_there, 60)


def ctrl_c(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGINT)


def processes(named: Path) -> list[int]:
    """Those that name the folder in their command."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            if os.fsencode(named) in (one / "cmdline").read_bytes() and not is_gone(int(one.name)):
                found.append(int(one.name))
        except OSError:
            continue
    return found


ENDS: dict[str, Callable[[subprocess.Popen[bytes]], None]] = {
    "Ctrl+C": ctrl_c,
    "SIGTERM": lambda process: process.terminate(),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_benchmark(folder, end):
    with begun([sys.executable, "-c", BENCHMARK], TMPDIR=str(folder)) as process:
        try:
            has(process, folder, "kb-*/pg/postmaster.pid")
        finally:
            end(process)
    assert process.returncode != 0
    assert list(folder.iterdir()) == []
    assert processes(folder) == []


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_the_demos_check(folder, end):
    make = ["make", "-s", "demo-check", f"BIN={Path(sys.executable).parent}", "-o", "setup"]
    with begun(make, TMPDIR=str(folder)) as process:
        try:
            has(process, folder, "*/pg/postmaster.pid")
        finally:  # make hands SIGTERM on to nobody but its shell
            os.killpg(process.pid, signal.SIGINT if end is ctrl_c else signal.SIGTERM)
    assert process.returncode != 0
    until(lambda: processes(folder) == [])
    until(lambda: list(folder.iterdir()) == [])


@pytest.mark.parametrize("end", [*ENDS, "SIGKILL"])
def test_a_run_of_the_tests(folder, end):
    place, waits = folder / "runs", folder / "test_waits.py"
    waits.write_text(WAITS)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-c", str(ROOT / "pyproject.toml"), str(waits)]
    with begun(command, KIBAN_TEST_RUNS=str(place)) as process:
        try:
            has(process, place, "*/pg/postmaster.pid")
        finally:
            process.kill() if end == "SIGKILL" else ENDS[end](process)
    until(lambda: processes(place) == [])
    if end == "SIGKILL":  # then the next run takes the folder away
        (left,) = place.iterdir()
        os.utime(left, (0, 0))
        begun([*command, "--collect-only"], KIBAN_TEST_RUNS=str(place)).wait()
    assert list(place.iterdir()) == []


STARTS = """
import signal
from tests import orphans
print(orphans.begin(["sleep", "1000"]).pid, flush=True)
signal.pause()
"""


def test_a_program_beside_a_test_ends_with_it():
    starter = subprocess.Popen([sys.executable, "-c", STARTS], cwd=ROOT, stdout=subprocess.PIPE)
    assert starter.stdout is not None
    with starter.stdout as said:
        program = int(said.readline())
        assert not is_gone(program)
        starter.kill()
        starter.wait()
    try:
        until(lambda: is_gone(program))
    finally:
        kill_if_there(program)
