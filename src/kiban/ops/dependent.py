"""A process that another one of ours started for itself: it ends when that one is gone, however that came about.

The starter holds the other end of its standard input. The system closes it with the starter's last breath, also after
SIGKILL, and on every system: nobody has to remember a process number.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any

LONG = 3600.0  # seconds between two looks when nothing comes
PATIENCE = 2.0  # seconds until a helper that is at work is told by a signal as well


def begin(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start ``kiban`` with a command that knows ``--with-the-input``; it ends with this process at the latest.

    Args:
        command: what follows ``kiban``.
        options: of ``subprocess.Popen``.

    Raises:
        OSError: the process could not be made.
    """
    arguments = [sys.executable, "-m", "kiban.ops.cli", *command, "--with-the-input"]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, **options)


def end(process: subprocess.Popen[bytes], seconds: float | None = None) -> None:
    """Have a process that was begun here end in order, and wait for that.

    Raises:
        subprocess.TimeoutExpired: it has not ended after so many seconds (``None``: however long it takes).
    """
    process.terminate()
    process.wait(seconds)
    if process.stdin is not None:
        process.stdin.close()


@contextmanager
def beside(command: Sequence[str]) -> Iterator[None]:
    """While the block runs, a process of its own does what the command says; it ends with this one, also if killed.

    The command looks at its standard input (``is_left``) whenever it has nothing to do.
    """
    us = os.getpid()
    helper = begin(command)
    try:
        yield
    finally:
        if os.getpid() == us:  # a forked web worker leaves the block too
            _leave(helper)  # it stops using the embedded database too


def _leave(helper: subprocess.Popen[bytes]) -> None:
    """The end of the input stays to be seen; a signal alone can be lost while the helper is still importing."""
    if helper.stdin is not None:
        helper.stdin.close()
    try:
        helper.wait(PATIENCE)
    except subprocess.TimeoutExpired:  # at work: it need not finish
        end(helper)


def is_left(seconds: float) -> bool:
    """Wait so many seconds, or less when the process at the other end of the standard input has gone; whether it has.

    Also true when something was written there, which our starters never do.
    """
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def end_when_left() -> None:
    """From now on this process ends in order (SIGTERM) when the one at the other end of its standard input has gone."""
    Thread(target=_wait, daemon=True, name="who started us").start()


def _wait() -> None:
    while not is_left(LONG):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
