"""Who uses the embedded server, known by locks the kernel releases when a process ends, however it ends.

``.pg.users``   Every process that uses the server holds it shared. The keeper asks for it alone: when it gets it,
                nobody is left. While the keeper stops the server it holds it, and who comes then waits.
``.pg.keeper``  The keeper (``keeper.py``) holds it alone for as long as it lives. What stands in the file is the
                keeper's word (``state.py``) and counts only while the lock is held.

A lock belongs to the opened file, so a forked web worker goes on holding its parent's. No list of process numbers is
kept: such a list goes wrong with every process that is killed.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

USERS, KEEPER = ".pg.users", ".pg.keeper"


def opened(folder: Path, name: str) -> int:
    """A descriptor of the lock file in the data folder; it is not inherited by other programs.

    Made by root it belongs to the account of the folder, which must be able to use it later.

    Raises:
        OSError: the data folder cannot be written.
    """
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def is_free(descriptor: int, kind: int) -> bool:
    """Take the lock if that is possible at once; returns whether it was.

    Args:
        kind: ``fcntl.LOCK_SH`` or ``fcntl.LOCK_EX``. A lock of the other kind that the descriptor had may be lost.
    """
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def become_user(folder: Path) -> int:
    """Be one of the processes that use the server, until the descriptor is closed or this process ends.

    Waits while a keeper is stopping the server.
    """
    descriptor = opened(folder, USERS)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def has_keeper(folder: Path) -> bool:
    """Whether a keeper lives."""
    try:
        descriptor = os.open(folder / KEEPER, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        free = is_free(descriptor, fcntl.LOCK_SH)
        if free:
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # at once, also where a fork holds the descriptor
        return not free
    finally:
        os.close(descriptor)
