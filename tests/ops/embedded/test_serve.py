"""``kiban serve`` and its database: they end together, and the database comes back when it dies."""

from __future__ import annotations

import http.client
import re
import signal
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiban.ops.embedded import state
from tests.cluster import children, is_gone, kill_if_there, parent, postmaster, power_cut, until
from tests.disk import fill, small_disk
from tests.installation import Installation, copy, installation
from tests.serving import free_port

pytestmark = [pytest.mark.fault, pytest.mark.server]


@pytest.fixture(scope="module")
def ready() -> Iterator[Path]:
    """An installation after ``kiban setup``."""
    with installation() as made:
        done = made.kiban("setup")
        assert (done.returncode, done.stderr) == (0, "")
        assert made.is_left_alone()
        yield made.data


class Served:
    """A running ``kiban serve``, and what it has said so far."""

    def __init__(self, made: Installation) -> None:
        self.made, self.port, self.said = made, free_port(), ""
        self.process = made.begin("serve", "--with-the-input", "--port", str(self.port), "--workers", "1")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line

    def health(self) -> int:
        """The answer's status; 0 when there is none."""
        context = ssl.create_default_context(cafile=str(self.made.data / "ca" / "server-ca.pem"))
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=20)
        try:
            connection.request("GET", "/health/")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def helper(self) -> int:
        """The process that does the work of every day."""
        return next(pid for pid in children(self.process.pid) if b"--stay" in command(pid))


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@contextmanager
def served(ready: Path) -> Iterator[Served]:
    with installation(copied_from=ready) as made:
        serving = Served(made)
        try:
            until(lambda: serving.health() == 200, 60)
            yield serving
        finally:
            serving.process.terminate()
            serving.process.wait()
            serving.reader.join()


def both_use_it(serving: Served) -> bool:
    """The helper comes a moment later than its parent."""
    locks = Path("/proc/locks").read_text()
    inode = (serving.made.data / ".pg.users").stat().st_ino
    holders = set(re.findall(rf"FLOCK  ADVISORY  READ (\d+) \S+:{inode} ", locks))
    return {str(serving.process.pid), str(serving.helper())} <= holders


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_ordinary_end_takes_the_database_along(ready, number):
    with served(ready) as serving:
        until(lambda: both_use_it(serving))
        server = postmaster(serving.made.data)
        serving.process.send_signal(number)
        assert serving.process.wait() == 0
        assert is_gone(server)  # at once: systemd kills what is left after the main process
        assert serving.made.is_left_alone()
        assert "Traceback" not in serving.said


def test_a_web_server_that_is_killed_takes_the_database_along(ready):
    with served(ready) as serving:
        kill_if_there(serving.process.pid)
        until(serving.made.is_left_alone)


@pytest.mark.parametrize("how", ["the postmaster alone", "its keeper alone", "all of it"])
def test_a_database_that_dies_comes_back_and_one_line_says_so(ready, how):
    with served(ready) as serving:
        until(lambda: both_use_it(serving))
        data, old, helper = serving.made.data, postmaster(serving.made.data), serving.helper()
        if how == "all of it":
            power_cut(data)
        else:
            kill_if_there(old if how == "the postmaster alone" else parent(old))
        until(lambda: (now := state.read(data)) is not None and now.postmaster not in (0, old), 60)
        until(lambda: serving.health() == 200, 30)
        until(lambda: "起動し直しました" in serving.said)
        assert serving.said.count("組み込みPostgreSQLが終了していたため、起動し直しました。") == 1
        assert serving.helper() == helper
        if how == "the postmaster alone":
            looked = serving.made.kiban("doctor").stdout
            assert "使っている間に1回終了し、起動し直されました" in looked


def test_a_part_of_the_database_that_dies_is_said_in_one_line(ready):
    """PostgreSQL begins anew by itself then; the postmaster stays."""
    with served(ready) as serving:
        server = postmaster(serving.made.data)
        for _ in range(2):
            before = serving.said.count("一部が落ちたため、やり直しました。")
            (writer,) = [pid for pid in children(server) if b"walwriter" in command(pid)]
            kill_if_there(writer)
            until(lambda before=before: serving.said.count("一部が落ちたため、やり直しました。") == before + 1)
            until(lambda: serving.health() == 200, 30)
        assert postmaster(serving.made.data) == server
        assert "起動し直しました" not in serving.said


def test_health_asks_the_database(ready):
    with served(ready) as serving:
        keeper, server = parent(postmaster(serving.made.data)), postmaster(serving.made.data)
        kill_if_there(keeper, signal.SIGSTOP)  # it does not bring it back for now
        kill_if_there(server)
        until(lambda: serving.health() == 503, 30)
        kill_if_there(keeper, signal.SIGCONT)
        until(lambda: serving.health() == 200, 60)


def test_health_does_not_wait_for_a_database_that_hangs(ready):
    """One that takes connections and never answers; its answer comes before a monitor gives up (20 s here)."""
    with served(ready) as serving:
        server = postmaster(serving.made.data)
        backends = children(server)
        for process in (server, *backends):
            kill_if_there(process, signal.SIGSTOP)
        try:
            assert serving.health() == 503
        finally:
            for process in (server, *backends):
                kill_if_there(process, signal.SIGCONT)
        assert serving.health() == 200


def test_commands_beside_it_share_its_database(ready):
    with served(ready) as serving:
        server = postmaster(serving.made.data)
        looked = serving.made.kiban("doctor")
        assert "OK    組み込みPostgreSQLは動いています" in looked.stdout
        done = serving.made.kiban("daily")
        assert (done.returncode, done.stderr) == (0, "")
        assert postmaster(serving.made.data) == server
        assert serving.health() == 200


def test_doctor_says_that_it_had_to_start_the_database(ready):
    with installation(copied_from=ready) as made:
        assert "OK    組み込みPostgreSQLは止まっていたので、この点検の間だけ動かしました" in made.kiban("doctor").stdout
        with made.user() as user:
            power_cut(made.data)
            user.end(signal.SIGKILL)
        looked = made.kiban("doctor")
        assert looked.returncode == 0
        assert "注意    組み込みPostgreSQLは止まっていました。前は正しく終わっていなかったので" in looked.stdout
        assert "すべて正常です" not in looked.stdout
        assert made.is_left_alone()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_end_before_it_serves(ready, number):
    """In its first seconds, when the database is there and the web server is not yet."""
    with installation(copied_from=ready) as made:
        process = made.begin("serve", "--port", str(free_port()), "--workers", "1")
        until((made.pg / "postmaster.pid").exists)
        process.send_signal(number)
        _, errors = process.communicate()
        assert process.returncode in (0, 128 + number)
        assert "Traceback" not in errors
        assert made.is_left_alone()


def test_a_command_begun_while_the_database_is_gone_waits_for_it(ready):
    with installation(copied_from=ready) as made, made.user():
        keeper = parent(made.postmaster())
        kill_if_there(keeper, signal.SIGSTOP)
        kill_if_there(made.postmaster())
        begun = made.begin("daily")
        kill_if_there(keeper, signal.SIGCONT)
        said, errors = begun.communicate()
        assert (begun.returncode, errors) == (0, "")
        assert "OK" in said


PREPARED = """
import os, signal
from kiban.ops import embedded
embedded.start()
os.environ["DJANGO_SETTINGS_MODULE"] = "kiban.ops.settings"
import django
django.setup()
def wait(server):
    print(server, flush=True)
    signal.pause()
"""
OF_THE_TESTS = """
from tests.serving import serving
with serving() as server:
    wait(server.process.pid)
"""
OF_THE_DEMOS_CHECK = """
from kiban.demo import check
from kiban.ops import dependent
begin = dependent.begin
dependent.begin = lambda *arguments, **options: started.append(begin(*arguments, **options)) or started[-1]
started = []
check.Check.run = lambda _self: wait(started[-1].pid)
from tests.serving import free_port
check.run(None, free_port(), print)
"""


@pytest.mark.parametrize("starts", [OF_THE_TESTS, OF_THE_DEMOS_CHECK], ids=["the tests", "the demo's check"])
def test_a_web_server_ends_with_the_process_that_started_it_for_itself(ready, starts):
    """Also when that is killed, or leaves out its last steps."""
    with installation(copied_from=ready) as made:
        process = made.python(PREPARED + starts)
        assert process.stdout is not None
        server = int(process.stdout.readline())
        assert not is_gone(server)
        process.kill()
        process.wait()
        try:
            until(lambda: is_gone(server))
        finally:
            kill_if_there(server)
            process.communicate()
        until(made.is_left_alone)


def test_commands_on_a_full_disk_end_with_a_sentence(ready):
    with small_disk(300) as disk:
        copy(ready, disk / "data")
        made = Installation(disk / "data")
        with made.user():
            filler = fill(disk)
            for command in (["daily"], ["enrol", "office", "1370000001"], ["registry", "load"], ["setup"]):
                done = made.kiban(*command)
                assert done.returncode == 1
                assert done.stderr.count("\n") <= 2  # no traceback: a sentence, and perhaps that it had to recover
                assert "ディスクがいっぱい" in done.stderr
            filler.unlink()
            done = made.kiban("daily")
            assert (done.returncode, done.stderr) == (0, "")
        until(made.is_left_alone)
