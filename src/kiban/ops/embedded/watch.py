"""While the web server runs: its database comes back, and somebody says that it was gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from kiban.ops.embedded import locks, state, using
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
            say(f"{time.strftime('%Y-%m-%d %H:%M:%S')} 組み込みPostgreSQLが終了していたため、起動し直しました。")
            known, told = now, ""
