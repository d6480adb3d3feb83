"""The embedded server lives with those who use it: started by the first, ended with the last, whichever way it went."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from kiban.ops import embedded
from kiban.ops.embedded import state
from tests.cluster import is_gone, kill_if_there, parent, power_cut, until
from tests.installation import Installation, installation

pytestmark = pytest.mark.fault


def answers(made: Installation) -> bool:
    try:
        made.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def test_it_ends_with_the_last_of_its_users(prototype):
    with installation(copied_from=prototype) as made, made.user() as first, made.user() as second:
        assert first.socket == second.socket == str(made.pg)
        server = made.postmaster()
        assert first.end() == 128 + signal.SIGTERM
        assert answers(made)
        second.leave()
        assert is_gone(server)  # at once: who is the last waits for it
        assert not (made.pg / "postmaster.pid").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_the_last_whatever_ended_that(prototype, number):
    with installation(copied_from=prototype) as made, made.user() as first, made.user() as second:
        first.end(signal.SIGKILL)
        assert answers(made)
        second.end(number)
        until(made.is_left_alone)
        assert "database system is shut down" in (made.pg / "log").read_text()


def test_several_that_come_at_once_share_one_server():
    with installation() as made:
        begun = [made.user() for _ in range(4)]
        users = [one.__enter__() for one in begun]  # each waits until it has its server
        assert {user.socket for user in users} == {str(made.pg)}
        assert (made.pg / "log").read_text().count("starting PostgreSQL") == 1
        for one in begun:
            one.__exit__(None, None, None)


def test_who_comes_while_it_stops_waits_and_starts_it_anew(prototype):
    with installation(copied_from=prototype) as made, made.user() as first:
        kill_if_there(made.postmaster(), signal.SIGSTOP)
        first.begin_to_leave()  # it is the last, and waits for the end
        until(lambda: not state.read(made.data).postmaster)  # the keeper is stopping the server
        old = made.postmaster()
        coming = made.python("from kiban.ops import embedded; print(embedded.start().started_here)")
        until(lambda: waits_for_a_lock(coming.pid))
        kill_if_there(old, signal.SIGCONT)
        assert coming.communicate() == ("True\n", "")
        assert (made.pg / "log").read_text().count("starting PostgreSQL") == 2  # once each


def waits_for_a_lock(pid: int) -> bool:
    return any(line.split()[1:6] == ["->", "FLOCK", "ADVISORY", "READ", str(pid)] for line in locks_of_the_kernel())


def locks_of_the_kernel() -> list[str]:
    return Path("/proc/locks").read_text().splitlines()


MOMENTS: dict[str, Callable[[Installation], bool]] = {
    "at once": lambda _made: True,
    "its users' lock is made": lambda made: (made.data / ".pg.users").exists(),
    "its keeper's lock is made": lambda made: (made.data / ".pg.keeper").exists(),
    "the files are being made": lambda made: any(made.data.glob("pg.new-*")),
    "the files are half made": lambda made: any(made.data.glob("pg.new-*/base/1/PG_VERSION")),
    "the files are made": lambda made: (made.pg / "PG_VERSION").exists(),
    "it is starting": lambda made: (made.pg / "postmaster.pid").exists(),
    "it accepts connections": lambda made: bool((said := state.read(made.data)) and said.postmaster),
}


@pytest.mark.parametrize(
    ("moment", "number"),
    [(moment, signal.SIGKILL) for moment in MOMENTS]
    + [(moment, number) for moment in list(MOMENTS)[::2] for number in (signal.SIGTERM, signal.SIGINT)],
)
def test_set_up_that_is_ended_leaves_nothing_running_and_nobody_let_in(moment, number):
    with installation() as made:
        process = made.begin("setup")
        until(lambda: MOMENTS[moment](made))
        process.send_signal(number)
        _, errors = process.communicate()
        assert "Traceback" not in errors
        until(made.is_left_alone)
        for written in made.data.rglob("pg_hba.conf"):
            rules = [line.split() for line in written.read_text().splitlines() if line and line[0] != "#"]
            assert {rule[-1 if "map" not in rule[-1] else -2] for rule in rules} <= {"peer", "reject"}


def test_set_up_after_one_that_was_killed_while_it_made_the_files():
    with installation() as made:
        process = made.begin("setup")
        until(lambda: any(made.data.glob("pg.new-*")))
        power = made.processes()
        for pid in power:
            kill_if_there(pid)
        process.kill()
        process.communicate()
        again = made.kiban("setup")
        assert (again.returncode, again.stderr) == (0, "")
        assert list(made.data.glob("pg.new-*")) == []


def test_it_comes_back_when_it_dies_while_used(prototype):
    with installation(copied_from=prototype) as made, made.user():
        with made.connect() as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        for times in (1, 2):
            old = made.postmaster()
            kill_if_there(old)
            until(lambda old=old: (said := state.read(made.data)) is not None and said.postmaster not in (0, old))
            assert state.read(made.data).restarts == times
            with made.connect() as connection:
                assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_it_ends_in_order_when_its_keeper_is_killed_and_the_next_user_starts_it(prototype):
    with installation(copied_from=prototype) as made, made.user() as first:
        server = made.postmaster()
        kill_if_there(parent(server))
        until(lambda: is_gone(server))
        with made.user() as second:
            assert second.socket == first.socket
            assert answers(made)
            assert "database system was shut down" in (made.pg / "log").read_text().splitlines()[-2]


def test_after_a_power_cut_the_next_user_waits_until_it_has_recovered(prototype):
    with installation(copied_from=prototype) as made:
        with made.user() as first:
            with made.connect() as connection:
                connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 300000) AS number")
            power_cut(made.data)
            first.end(signal.SIGKILL)
        with made.user() as second:
            with made.connect() as connection:
                assert connection.execute("SELECT count(*) FROM kept").fetchone() == (300000,)
            assert "復旧して起動しました" in second.leave()


def test_an_older_versions_server_without_a_keeper_is_ended_and_started_anew(prototype):
    with installation(copied_from=prototype) as made:
        with made.user():
            pass
        start = [str(embedded.programs() / "pg_ctl"), "-w", "-D", str(made.pg), "-l", str(made.pg / "log"), "start"]
        account = embedded.folder.as_account(embedded.account.of_server())
        subprocess.run([*start, "-o", f"-h '' -k {made.pg}"], check=True, stdout=subprocess.DEVNULL, **account)
        old = made.postmaster()
        with made.user():
            assert is_gone(old)
            assert parent(made.postmaster()) in made.processes()


def test_processes_of_a_fork_do_not_end_it(prototype):
    """gunicorn's workers are forks: one that ends must not take away what its parent still uses."""
    program = """
import os, sys
from kiban.ops import embedded
embedded.start()
worker = os.fork()
if worker == 0:
    sys.exit(0)
os.waitpid(worker, 0)
print(embedded.start().socket, flush=True)
"""
    with installation(copied_from=prototype) as made:
        process = made.python(program)
        said, errors = process.communicate()
        assert (said.strip(), errors) == (str(made.pg), "")
        assert (made.pg / "log").read_text().count("starting PostgreSQL") == 1
