"""The console a command writes to: one that lacks a character, that reads no more (``| head``), or is not there.

No command fails for any of these: it does its work to the end and ends as on any other console.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any


class Patient(io.FileIO):
    """A file of the system to write to; what nobody reads any more is let go."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(data)


def make_usable() -> None:
    """See to it that the standard streams of this process can be used. Those somebody put in their place stay."""
    _fill_gaps()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__") and isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, _patient(stream))


def _fill_gaps() -> None:
    """Where a stream is closed (``>&-``) there is nothing; the next file opened would else be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it gets the lowest number that is free
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - as long as the process
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115


def _patient(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """The same stream, patient; where it would fail for a character it has not, it writes a stand-in."""
    stream.flush()
    file = Patient(stream.fileno(), "w", closefd=False)
    is_buffered = not isinstance(stream.buffer, io.RawIOBase)  # else PYTHONUNBUFFERED is set
    return io.TextIOWrapper(
        io.BufferedWriter(file) if is_buffered else file,  # as Python itself does
        encoding=stream.encoding,
        errors="replace" if stream.errors in ("strict", "surrogateescape") else stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
