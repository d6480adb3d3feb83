"""What the keeper says of its server, in its lock file: of a fixed length, so that a full disk cannot spoil it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from kiban.ops.embedded import locks

LENGTH = 1024  # bytes


@dataclass(frozen=True)
class State:
    """A server that accepts connections, or (``postmaster`` 0) one that does not yet, or not at the moment."""

    socket: str = ""  # the folder
    postmaster: int = 0  # process number
    recovered: bool = False  # the server before this one had not ended in order
    restarts: int = 0  # times the server ended by itself while somebody used it
    restarted_at: float = 0.0  # seconds since 1970


def write(descriptor: int, state: State) -> None:
    """Put the state into the keeper's lock file, over the one before."""
    os.pwrite(descriptor, json.dumps(asdict(state)).encode().ljust(LENGTH), 0)


def read(folder: Path) -> State | None:
    """The state in words of a keeper that lives; ``None`` when none does or it has said nothing yet."""
    if not locks.has_keeper(folder):
        return None
    try:
        return State(**json.loads((folder / locks.KEEPER).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
