"""While the web server runs: its database comes back, and somebody says that it was gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from kiban.ops.embedded import locks, postmaster, state, using
from kiban.ops.embedded.errors import EmbeddedUnavailableError
from kiban.ops.paths import data_folder

LOOK = 1.0  # seconds

Say = Callable[[str], None]


@contextmanager
def watched(say: Say) -> Iterator[None]:
    """During the block bring the server back when its keeper was killed with it, and say in one line when it was gone.

    This process must already use the server (``embedded.start``).
    """
    stop = Event()
    data = data_folder()
    watcher = Thread(target=_watch, args=(data, say, stop), daemon=True, name="embedded PostgreSQL")
    watcher.start()
    try:
        yield
    finally:
        stop.set()


def _watch(data: Path, say: Say, stop: Event) -> None:
    known = state.read(data)
    told = ""
    within = Within(known.postmaster if known else 0)
    while not stop.wait(LOOK):
        if not locks.has_keeper(data):
            try:
                using.reach(data, {})
            except (EmbeddedUnavailableError, OSError) as error:
                if str(error) != told:
                    told = str(error)
                    say(told)
                continue
        now = state.read(data)
        if now is not None and now.postmaster and (known is None or now.postmaster != known.postmaster):
            say(f"{_now()} 組み込みPostgreSQLが終了していたため、起動し直しました。")
            known, told = now, ""
        if now is not None and within.has_begun_anew(now.postmaster):
            say(f"{_now()} 組み込みPostgreSQLの一部が落ちたため、やり直しました。途中だった保存は取り消されています。")


class Within:
    """Whether PostgreSQL itself began anew what a postmaster runs: the postmaster stays, so nobody else sees it."""

    def __init__(self, number: int) -> None:
        """Look at a postmaster (its process number; 0: none yet) for the first time."""
        self.postmaster = number
        self.checkpointer = postmaster.checkpointer(number) if number else None

    def has_begun_anew(self, number: int) -> bool:
        """Whether it did since the last call.

        Args:
            number: the postmaster's process; 0 when there is none at the moment.
        """
        if number == self.postmaster and self.checkpointer is not None and self.checkpointer.is_running():
            return False
        found = postmaster.checkpointer(number) if number else None
        if found is None:
            return False
        is_new = number == self.postmaster and self.checkpointer is not None
        self.postmaster, self.checkpointer = number, found
        return is_new


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")
