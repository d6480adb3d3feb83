"""The embedded PostgreSQL: a server in the data folder, reached through a Unix socket only.

Used when ``DATABASE_URL`` is not set. The wheel brings the programs (``wheel.py``) and nothing else: who starts the
server, who uses it and when it ends is ours. Several processes share one server (``locks.py``); a process beside them
keeps it (``keeper.py``), starts it again when it dies, and stops it when the last of them has gone, however it went.
"""

from __future__ import annotations

import os
from pathlib import Path

from kiban.ops.embedded import folder
from kiban.ops.embedded.errors import EmbeddedUnavailableError
from kiban.ops.embedded.folder import PORT, SUPERUSER
from kiban.ops.embedded.using import Running, is_in_use, remove, remove_database, start_in
from kiban.ops.embedded.watch import watched
from kiban.ops.embedded.wheel import programs
from kiban.ops.paths import data_folder

__all__ = [
    "PORT",
    "SUPERUSER",
    "EmbeddedUnavailableError",
    "Running",
    "exists",
    "is_in_use",
    "pgdata",
    "programs",
    "remove",
    "remove_database",
    "start",
    "watched",
]


def pgdata() -> Path:
    """Folder of the database files."""
    return folder.path_in(data_folder())


def exists() -> bool:
    """Whether there is an embedded database in the data folder."""
    return (pgdata() / "PG_VERSION").exists()


def start(**settings: str) -> Running:
    """Use the embedded server until this process ends; start it if it is not running. Sets ``KIBAN_PGHOST``.

    Waits while it recovers from a power cut, and says so on standard error when that takes long.

    Args:
        settings: of PostgreSQL, for tests (``fsync="off"``); they count only when this call starts the server.

    Raises:
        EmbeddedUnavailableError: the wheel is missing, or the server does not start; the message says why.
        OSError: the data folder cannot be written.
    """
    data = data_folder()
    data.mkdir(parents=True, exist_ok=True)
    running = start_in(data, settings)
    os.environ["KIBAN_PGHOST"] = running.socket
    return running
