"""``postmaster.pid`` of a power cut, of a copy, or cut short: the server starts, and no other program hears of it."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from kiban.ops.embedded.postmaster import PidFile
from tests.cluster import is_gone, power_cut
from tests.installation import Installation, copy, installation
from tests.requirements import absent

pytestmark = pytest.mark.fault

# Another program: it says that it runs, and which signals it gets.
OTHER = """
import signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, lambda got, frame: print("got", got, flush=True))
print("runs", flush=True)
sys.stdin.read()
"""
CUT = {"empty": 0, "in the number": 2, "after the number": 1.0, "in the folder": 1.5, "after the time": 3.0}


class Other:
    """A program that is not ours, for which the number in the file was given anew."""

    def __init__(self, command: list[str], where: Path | None = None) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=where)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "runs\n"

    def was_left_in_peace(self) -> bool:
        """Ends it, too."""
        runs = self.process.poll() is None
        heard, _ = self.process.communicate()
        return runs and heard == ""


@pytest.fixture
def other() -> Iterator[Other]:
    made = Other([sys.executable, "-c", OTHER])
    yield made
    made.process.kill()
    made.process.wait()


def write(made: Installation, number: int, folder: Path | None = None, started: float = 1795970000) -> None:
    """The file a power cut leaves, naming a process, and the one beside the socket."""
    lines = [str(number), str(folder or made.pg), str(int(started)), "5432", str(made.pg), "", "  1234567  65536"]
    (made.pg / "postmaster.pid").write_text("\n".join([*lines, "ready   ", ""]))
    (made.pg / ".s.PGSQL.5432.lock").write_text("\n".join([*lines[:5], ""]))


def works(made: Installation) -> str:
    """Start it, ask it something, end it; returns what the user was told."""
    with made.user() as user:
        assert user.socket == str(made.pg)
        with made.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        said = user.leave()
    assert not (made.pg / "postmaster.pid").exists()
    return said


def test_the_number_of_another_program(prototype, other):
    with installation(copied_from=prototype) as made:
        write(made, other.process.pid)
        said = works(made)
        assert f"番号 {other.process.pid} は、いまは別のプログラムのもの" in said
        assert other.was_left_in_peace()


@pytest.mark.parametrize("where", ["elsewhere", "in the folder"])
def test_the_number_of_a_program_that_looks_like_postgres(prototype, tmp_path, where):
    """By its name and its command, and even by where it runs; but it began at another time."""
    with installation(copied_from=prototype) as made:
        program = tmp_path / "postgres"
        program.write_text("#!/bin/sh\necho runs\nread -r _\n")
        program.chmod(0o755)
        other = Other([str(program), "-D", str(made.pg)], made.pg if where == "in the folder" else None)
        began = psutil.Process(other.process.pid).create_time()
        write(made, other.process.pid, started=began - 3600 if where == "in the folder" else began)
        works(made)
        assert other.was_left_in_peace()


def test_the_number_of_another_folders_postgres(prototype):
    with installation(copied_from=prototype) as other, other.user(), installation(copied_from=prototype) as made:
        server = other.postmaster()
        write(made, server, started=psutil.Process(server).create_time())
        works(made)
        assert not is_gone(server)
        with other.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("number", [os.getppid(), 1], ids=["a parent's", "the first process's"])
def test_the_number_of_a_process_above(prototype, number):
    with installation(copied_from=prototype) as made:
        write(made, number)
        works(made)


def test_the_number_of_no_process(prototype):
    with installation(copied_from=prototype) as made:
        write(made, gone())
        assert "復旧して起動しました" in works(made)


@pytest.mark.parametrize("kept", CUT.values(), ids=CUT)
def test_a_file_cut_short(prototype, other, kept):
    with installation(copied_from=prototype) as made:
        write(made, other.process.pid)
        file = made.pg / "postmaster.pid"
        whole = file.read_text()
        lines = whole.splitlines(keepends=True)
        at = kept if isinstance(kept, int) else len("".join(lines[: int(kept)])) + (4 if kept % 1 else 0)
        file.write_text(whole[:at])
        works(made)
        assert other.was_left_in_peace()


def test_a_file_of_something_else(prototype):
    with installation(copied_from=prototype) as made:
        (made.pg / "postmaster.pid").write_bytes(os.urandom(200))
        works(made)


ODD: dict[str, Callable[[Path], None]] = {
    "a pipe": os.mkfifo,
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to nothing": lambda path: path.symlink_to("/nowhere/at/all"),
    "a number of 5,000 digits": lambda path: write_lines(path, "1" * 5000, str(path.parent), "1"),
    "a byte no path has": lambda path: write_lines(path, "1", "/tmp/\0", "1"),
}


def write_lines(path: Path, *lines: str) -> None:
    path.write_text("\n".join([*lines, ""]))


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_such_file(prototype, kind):
    with installation(copied_from=prototype) as made:
        ODD[kind](made.pg / "postmaster.pid")
        works(made)


def test_a_folder_in_its_place_is_named(prototype):
    with installation(copied_from=prototype) as made:
        (made.pg / "postmaster.pid").mkdir()
        done = made.kiban("doctor")
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "postmaster.pid を取り除けません" in done.stdout
        assert (made.pg / "postmaster.pid").is_dir()


def test_doctor_ends_nobody(prototype, other):
    """As it once did, when the list of users of the older version was empty."""
    with installation(copied_from=prototype) as made:
        write(made, other.process.pid)
        (made.pg / ".handle_pids.json").write_text("[]")
        looked = made.kiban("doctor")
        assert "データベースが動きません" not in looked.stdout
        assert other.was_left_in_peace()


def test_a_copy_of_a_folder_in_use(prototype):
    """Both run beside each other, and the copy says what it is."""
    with installation(copied_from=prototype) as original, original.user(), installation() as made:
        with original.connect() as connection:
            connection.execute("CREATE TABLE first AS SELECT 1")
            connection.execute("CHECKPOINT")
        copy(original.data, made.data)
        server = original.postmaster()
        with made.user() as user:
            with made.connect() as connection:
                assert connection.execute("SHOW data_directory").fetchone() == (str(made.pg),)
                connection.execute("CREATE TABLE second AS SELECT 2")
            assert "写し" in user.leave()
        assert original.postmaster() == server
        with original.connect() as connection:
            assert connection.execute("SELECT to_regclass('second')").fetchone() == (None,)


def test_a_copy_made_by_root_is_taken_over(prototype):
    """``cp -r`` gives every file to who copies, and opens the folder."""
    with installation(copied_from=prototype) as made:
        for path in [made.pg, *made.pg.rglob("*")]:
            os.chown(path, os.geteuid(), os.getegid())
        made.pg.chmod(0o755)
        works(made)
        assert made.pg.stat().st_mode & 0o777 == 0o700


def test_another_accounts_folder_is_left_to_it(prototype):
    """Root's ``kiban doctor`` must not take the files away from the account that runs the platform."""
    absent("being somebody else needs root", when=os.geteuid() != 0)
    nobody = pwd.getpwnam("nobody").pw_uid
    with installation(copied_from=prototype) as made:
        everything = [made.data, made.pg, *made.pg.rglob("*")]
        for path in everything:
            os.chown(path, nobody, -1)
        (made.data / ".pg.users").unlink()
        looked = made.kiban("doctor")
        assert "sudo -u nobody kiban" in looked.stdout
        assert {path.stat().st_uid for path in everything if path.exists()} == {nobody}
        assert (made.data / ".pg.users").stat().st_uid == nobody


def test_whom_the_file_names(prototype):
    """The running server of the folder, and nobody when one of its marks is wrong."""
    with installation(copied_from=prototype) as made, made.user():
        file = PidFile.of(made.pg)
        assert file is not None
        assert file.status == "ready"
        assert file.process(made.pg) == psutil.Process(made.postmaster())
        assert abs(file.started - time.time()) < 3600
        assert PidFile(file.number, file.folder, file.started - 3600).process(made.pg) is None
        assert PidFile(file.number, "/", file.started).process(made.pg) is None
        assert PidFile(os.getpid(), file.folder, file.started).process(made.pg) is None
        assert PidFile(0, file.folder, file.started).process(made.pg) is None
        power_cut(made.data)
        assert file.process(made.pg) is None
        with made.user():  # takes away the shared memory the killed server left
            pass


def gone() -> int:
    """A number no process has: of one that has just ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_an_own_server_is_never_killed_hard(prototype):
    """What is ended is ended in order: nothing need be recovered afterwards."""
    with installation(copied_from=prototype) as made:
        with made.user() as user:
            user.end(signal.SIGKILL)
        with made.user() as again:
            assert "復旧" not in again.leave()
