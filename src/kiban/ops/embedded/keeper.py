"""The keeper: a process beside the server that starts PostgreSQL as its child, starts it again when it dies, and stops
it when nobody uses it any more.

It belongs to no terminal and no command: whoever comes first brings it up, the others join, and it ends with the last
of them, also when that one was killed. It does not heed SIGTERM (a machine that shuts down sends it to everybody at
once): it ends when its users do.

    python -m kiban.ops.embedded.keeper DATA-FOLDER [setting=value …]
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from kiban.ops.embedded import account, folder, locks, server, state
from kiban.ops.embedded.errors import EmbeddedUnavailableError
from kiban.ops.embedded.server import Server
from kiban.ops.embedded.state import State
from kiban.ops.embedded.wheel import programs

LOOK = 0.1  # seconds between two looks whether anybody is left
PAUSES = (0.1, 0.5, 2.0)  # seconds before the first, the second and every further try to start it again


class Teller:
    """Says to the process that started the keeper how it goes, a line of JSON each; afterwards to nobody."""

    def __call__(self, kind: str, words: str = "") -> None:
        """Send one line; a listener that has gone is no hindrance."""
        try:
            os.write(1, f"{json.dumps({kind: words})}\n".encode())
        except OSError:
            return

    def be_silent(self) -> None:
        """Close the line: it must not keep open what the starting process is read through."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.close(nowhere)


class Keeper:
    """Holds the lock, the server and the state."""

    def __init__(self, data: Path, settings: Mapping[str, str], lock: int) -> None:
        self.data, self.settings, self.lock = data, settings, lock
        self.pgdata = folder.path_in(data)
        self.users = locks.opened(data, locks.USERS)
        self.state = State()
        self.woken = _wake_when_a_child_ends()
        state.write(lock, self.state)

    def run(self, tell: Teller) -> None:
        """From the start of PostgreSQL to its end."""
        try:
            running = self._begin(tell)
        except EmbeddedUnavailableError as error:
            tell("failed", str(error))
            return
        except Exception as error:  # whatever it is, somebody waits for a word
            tell("failed", server.why_not("", self.pgdata, error))
            return
        tell("ready")
        tell.be_silent()
        while not self._nobody_is_left():
            if running.process.poll() is not None:
                again = self._again()
                if again is None:
                    return
                running = again
        state.write(self.lock, State())
        running.stop()
        self._tidy(running)

    def _begin(self, tell: Teller) -> Server:
        owner = account.of_server()
        if owner is not None:
            account.let_pass(self.pgdata)
            account.let_read(programs())
        folder.make(self.data, owner, self.settings)
        account.take_over(self.pgdata, owner)
        if folder.let_in_only_ourselves(self.pgdata, owner):
            tell("say", "データベースにつながれる人の設定が変えられていたので、元に戻しました。")
        running, recovered = server.launch(self.pgdata, owner, self.settings, lambda words: tell("say", words))
        self._say_ready(running, recovered=recovered)
        return running

    def _again(self) -> Server | None:
        """The server died though somebody uses it: start it anew, as often as it takes; ``None`` when all have gone."""
        restarts, tries = self.state.restarts + 1, 0
        state.write(self.lock, State(restarts=self.state.restarts))
        while not self._nobody_is_left(PAUSES[min(tries, len(PAUSES) - 1)]):
            tries += 1
            try:
                owner = account.of_server()
                folder.let_in_only_ourselves(self.pgdata, owner)
                running, recovered = server.launch(self.pgdata, owner, self.settings, lambda _words: None)
            except (EmbeddedUnavailableError, OSError):
                continue
            self._say_ready(running, recovered=recovered, restarts=restarts, restarted_at=time.time())
            return running
        return None

    def _say_ready(self, running: Server, *, recovered: bool, restarts: int = 0, restarted_at: float = 0.0) -> None:
        self.state = State(str(running.socket), running.process.pid, recovered, restarts, restarted_at)
        state.write(self.lock, self.state)

    def _nobody_is_left(self, seconds: float = LOOK) -> bool:
        """Wait a moment, or until a child ends; returns whether no process uses the server (none can come then)."""
        if select.select([self.woken], [], [], seconds)[0]:
            os.read(self.woken, 1024)
        return locks.is_free(self.users, fcntl.LOCK_EX)

    def _tidy(self, running: Server) -> None:
        if running.socket != self.pgdata:
            try:
                running.socket.rmdir()
            except OSError:
                return


def main(arguments: list[str]) -> None:
    """Leave the process that started us behind, and keep the server unless another keeper does."""
    if os.fork():
        os._exit(0)
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    data = Path(arguments[0])
    settings = dict(word.split("=", 1) for word in arguments[1:])
    lock = locks.opened(data, locks.KEEPER)
    tell = Teller()
    if not locks.is_free(lock, fcntl.LOCK_EX):
        tell("busy")
        return
    os.chdir("/")
    Keeper(data, settings, lock).run(tell)


def _wake_when_a_child_ends() -> int:
    """A descriptor that can be read from when a child ends."""
    readable, writable = os.pipe()
    for end in (readable, writable):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writable)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    return readable


if __name__ == "__main__":
    main(sys.argv[1:])
