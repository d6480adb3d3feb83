"""What PC/SC itself says about readers and cards (libpcsclite on Linux), to wait for in tests instead of sleeping."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

UNAWARE, EMPTY, PRESENT, MUTE = 0x0, 0x10, 0x20, 0x200
TIMEOUT = 20_000  # milliseconds


class ReaderState(ctypes.Structure):
    _fields_ = [
        ("reader", ctypes.c_char_p),
        ("user_data", ctypes.c_void_p),
        ("current", ctypes.c_ulong),
        ("event", ctypes.c_ulong),
        ("atr_length", ctypes.c_ulong),
        ("atr", ctypes.c_ubyte * 33),
    ]


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL("libpcsclite.so.1")


@contextmanager
def _context() -> Iterator[ctypes.c_long | None]:
    handle = ctypes.c_long()
    if _library().SCardEstablishContext(ctypes.c_ulong(2), None, None, ctypes.byref(handle)) != 0:
        yield None
        return
    try:
        yield handle
    finally:
        _library().SCardReleaseContext(handle)


def readers() -> list[str]:
    """Names of the readers PC/SC knows; empty also when its service does not run."""
    with _context() as handle:
        length = ctypes.c_ulong(4096)
        names = ctypes.create_string_buffer(4096)
        if handle is None or _library().SCardListReaders(handle, None, names, ctypes.byref(length)) != 0:
            return []
        return [name.decode() for name in names.raw[: length.value].split(b"\0") if name]


def has(reader: str) -> bool:
    return reader in readers()


def wait(reader: str, *, present: bool) -> None:
    """Return as soon as a card is (not) in the reader and, if one is, powered; AssertionError after 20 seconds."""
    with _context() as handle:
        state = ReaderState(reader=reader.encode(), current=UNAWARE)
        for _ in range(50):
            result = _library().SCardGetStatusChange(handle, ctypes.c_ulong(TIMEOUT), ctypes.byref(state), 1)
            assert result == 0, f"PC/SC answered {result & 0xFFFFFFFF:08X} while waiting for the card"
            if bool(state.event & PRESENT) is present and not state.event & MUTE:
                return
            state.current = state.event
        raise AssertionError("PC/SC keeps changing its mind about the card")
