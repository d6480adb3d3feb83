"""A process that uses the embedded server: it joins or brings up a keeper, and leaves again when it ends."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from kiban.ops.embedded import account, folder, locks, server, state
from kiban.ops.embedded.errors import EmbeddedUnavailableError
from kiban.ops.embedded.postmaster import PidFile
from kiban.ops.embedded.state import State

LOOK = 0.02  # seconds
UNREACHED = 30.0  # seconds a running server may not be reached before that is an error
KILLED_KEEPERS = 5  # so many one after the other are no accident


class Answer(IntEnum):
    """What libpq's ping says: as ``PGPing``."""

    OK = 0
    REJECT = 1  # starting, recovering or stopping
    NO_RESPONSE = 2


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    socket: str  # the folder
    started_here: bool  # no other process had it running
    recovered: bool  # before that it had not ended in order


@dataclass
class Use:
    """That this process uses the server of a data folder."""

    process: int
    descriptor: int
    running: Running


_uses: dict[Path, Use] = {}


def start_in(data: Path, settings: Mapping[str, str]) -> Running:
    """See ``embedded.start``. A second call in one process finds the server as the first one did."""
    use = _uses.get(data)
    if use is not None and use.process == os.getpid():
        reach(data, settings)
        return use.running
    if not _uses:
        atexit.register(leave)
    descriptor = locks.become_user(data)
    try:
        running = reach(data, settings)
    except BaseException:
        os.close(descriptor)
        wait_if_last(data)
        raise
    if running.started_here and running.recovered:
        words = "組み込みPostgreSQLは前に正しく終わっていなかったので、復旧して起動しました。"
        print(words, file=sys.stderr, flush=True)
    _uses[data] = Use(os.getpid(), descriptor, running)
    return running


def reach(data: Path, settings: Mapping[str, str]) -> Running:
    """Come to a server that answers, by bringing up a keeper if there is none. The caller is one of its users.

    Raises:
        EmbeddedUnavailableError: it does not start, or it is there and cannot be reached.
    """
    started_here, since, killed = False, 0.0, 0
    while True:
        said = state.read(data)
        if said is None and not locks.has_keeper(data):
            told = _bring_up(data, settings)
            started_here, killed = told == "ready", killed + (not told)
            if killed >= KILLED_KEEPERS:
                raise EmbeddedUnavailableError(server.why_not("", folder.path_in(data)))
            continue
        if said is not None and said.postmaster:
            answer = _ping(said.socket)
            if answer == Answer.OK:
                return Running(said.socket, started_here, said.recovered)
            since = since if since and answer == Answer.NO_RESPONSE else time.monotonic()
            if answer == Answer.NO_RESPONSE and time.monotonic() - since > UNREACHED:
                raise EmbeddedUnavailableError(_unreached(said))
        else:
            since = 0.0
        time.sleep(LOOK)


def _bring_up(data: Path, settings: Mapping[str, str]) -> str:
    """Start a keeper and hear what it tells: ``ready``, ``busy`` (another one is at it), or nothing (it was killed).

    Raises:
        EmbeddedUnavailableError: the server does not start.
    """
    made = _start_keeper(data, settings)
    try:
        assert made.stdout is not None  # noqa: S101 - a pipe, as asked for
        for line in made.stdout:
            for kind, words in json.loads(line).items():
                if kind == "say":
                    print(words, file=sys.stderr, flush=True)
                elif kind == "failed":
                    raise EmbeddedUnavailableError(words)
                else:
                    return str(kind)
        return ""
    finally:
        if made.stdout is not None:
            made.stdout.close()
        made.wait()


def _start_keeper(data: Path, settings: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a keeper; what it tells can be read from the process's output. The process returned ends at once."""
    words = [f"{name}={value}" for name, value in settings.items()]
    return subprocess.Popen(
        [sys.executable, "-m", "kiban.ops.embedded.keeper", str(data), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )


def _ping(socket: str) -> int:
    """libpq's own question whether a server accepts connections."""
    from psycopg import pq  # the keeper needs this package without it
    from psycopg.conninfo import make_conninfo

    who = folder.SUPERUSER
    return pq.PGconn.ping(make_conninfo("", host=socket, port=folder.PORT, user=who, dbname=who).encode())


def _unreached(said: State) -> str:
    return (
        f"組み込みPostgreSQL(プロセス番号{said.postmaster})は動いていますが、ソケット {said.socket} につながりません。"
        "別のアカウントで動かしているか、/tmp が分けられています(systemdのPrivateTmp)。同じアカウントで動かすか、"
        "KIBAN_DATA を短い名前の場所にしてください。"
    )


def leave() -> None:
    """Stop using the servers; where this process was the last, wait until the server has ended."""
    for data in list(_uses):
        # Who insists (Ctrl+C once more) need not wait: the keeper stops the server all the same.
        with contextlib.suppress(OSError, KeyboardInterrupt, SystemExit):
            leave_one(data)


def leave_one(data: Path) -> None:
    """Stop using the server of a data folder, if this process does."""
    use = _uses.get(data)
    if use is not None and use.process == os.getpid():  # a fork's descriptor is its parent's too
        del _uses[data]
        os.close(use.descriptor)
        wait_if_last(data)


def wait_if_last(data: Path) -> None:
    """Return when somebody else uses the server, or when it has ended."""
    descriptor = locks.opened(data, locks.USERS)
    try:
        while True:
            if not locks.is_free(descriptor, fcntl.LOCK_SH):  # the keeper has it alone: it is stopping the server
                fcntl.flock(descriptor, fcntl.LOCK_SH)
                return
            if not locks.is_free(descriptor, fcntl.LOCK_EX):
                return
            if not locks.has_keeper(data):
                _end_without_keeper(data)
                return
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            time.sleep(LOOK)
    finally:
        os.close(descriptor)


def _end_without_keeper(data: Path) -> None:
    """The keeper was killed and nobody is left: what it would have done. Nobody can come meanwhile."""
    pgdata = folder.path_in(data)
    file = PidFile.of(pgdata)
    process = file.process(pgdata) if file else None
    if process is not None:
        with contextlib.suppress(EmbeddedUnavailableError):
            server.end_orphan(process)


def is_in_use(data: Path) -> bool:
    """Whether a process uses the server of that data folder, or is stopping it."""
    if not (data / locks.USERS).exists():
        return False
    descriptor = locks.opened(data, locks.USERS)
    try:
        return locks.has_keeper(data) or not locks.is_free(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def remove(data: Path, seconds: float = 60.0) -> None:
    """Take away a data folder that was made for a while (tests, benchmarks), once its server has ended.

    Raises:
        TimeoutError: it is still in use after so many seconds.
    """
    _await_end(data, seconds)
    account.remove(data)


def remove_database(data: Path, seconds: float = 60.0) -> None:
    """Take away the database files of a data folder (of a restore that failed), once their server has ended.

    Raises:
        TimeoutError: it is still in use after so many seconds.
    """
    _await_end(data, seconds)
    account.remove(folder.path_in(data), seconds)


def _await_end(data: Path, seconds: float) -> None:
    leave_one(data)
    end = time.monotonic() + seconds
    while is_in_use(data):
        if time.monotonic() > end:
            raise TimeoutError(f"{data} is still in use")
        time.sleep(LOOK)
