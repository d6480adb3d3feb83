"""Whether a card that OpenSC does not know is a My Number card with a locked PIN.

OpenSC asks a card for the tries left before it takes it for a My Number card, and gives up unless the answer is a
number. Public sources name three answers of a locked PIN (63C0, 6983, 6984) and none quotes a real card, so here the
question is put once more, straight through PC/SC. No PIN is sent and nothing is read.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")
SELECT_AUTHENTICATION_PIN = bytes.fromhex("00A4020C020018")
TRIES_LEFT = bytes.fromhex("00200080")  # VERIFY without a PIN
LOCKED = {"63C0", "6983", "6984"}
OK = "9000"
SYSTEM, SHARED, ANY_PROTOCOL, LEAVE = 2, 2, 3, 0
# PC/SC's DWORD is 32 bits on Windows and macOS and a long on Linux; its handles are pointers on Windows only.
DWORD: Any = ctypes.c_ulong if sys.platform != "darwin" else ctypes.c_uint32
HANDLE: Any = {"win32": ctypes.c_size_t, "darwin": ctypes.c_int32}.get(sys.platform, ctypes.c_long)


class _Header(ctypes.Structure):
    _fields_ = [("protocol", DWORD), ("length", DWORD)]


class _NotDoneError(Exception):
    """PC/SC did not do what it was asked."""


def pin_is_locked() -> bool:
    """Whether a card in any reader is a My Number card whose authentication PIN is locked."""
    try:
        pcsc = _Pcsc()
    except (OSError, _NotDoneError):
        return False
    try:
        return any(_locked_in(pcsc, reader) for reader in pcsc.readers())
    except _NotDoneError:
        return False
    finally:
        pcsc.close()


def _locked_in(pcsc: _Pcsc, reader: bytes) -> bool:
    try:
        answers = pcsc.answers(reader, [SELECT_JPKI, SELECT_AUTHENTICATION_PIN, TRIES_LEFT])
    except _NotDoneError:
        return False
    return answers[:2] == [OK, OK] and answers[2] in LOCKED


class _Pcsc:
    """As much of PC/SC as is needed for the question."""

    def __init__(self) -> None:
        self._library = _library()
        self._context = HANDLE()
        self._do("SCardEstablishContext", DWORD(SYSTEM), None, None, ctypes.byref(self._context))

    def close(self) -> None:
        self._do("SCardReleaseContext", self._context)

    def readers(self) -> list[bytes]:
        length, names = DWORD(4096), ctypes.create_string_buffer(4096)
        self._do(_ansi("SCardListReaders"), self._context, None, names, ctypes.byref(length))
        return [name for name in names.raw[: length.value].split(b"\0") if name]

    def answers(self, reader: bytes, commands: list[bytes]) -> list[str]:
        """The status words of the card in a reader, in hexadecimal."""
        card, protocol = HANDLE(), DWORD()
        given = (self._context, reader, DWORD(SHARED), DWORD(ANY_PROTOCOL), ctypes.byref(card), ctypes.byref(protocol))
        self._do(_ansi("SCardConnect"), *given)
        try:
            header = _Header(protocol.value, ctypes.sizeof(_Header))
            return [self._send(card, header, command) for command in commands]
        finally:
            self._do("SCardDisconnect", card, DWORD(LEAVE))

    def _send(self, card: Any, header: _Header, command: bytes) -> str:
        length, answer = DWORD(258), ctypes.create_string_buffer(258)
        sent = (card, ctypes.byref(header), command, DWORD(len(command)))
        self._do("SCardTransmit", *sent, None, answer, ctypes.byref(length))
        return answer.raw[max(length.value - 2, 0) : length.value].hex().upper()

    def _do(self, name: str, *arguments: Any) -> None:
        if getattr(self._library, name)(*arguments) != 0:
            raise _NotDoneError(name)


def _library() -> Any:
    if sys.platform == "win32":
        return ctypes.WinDLL("winscard.dll")
    if sys.platform == "darwin":
        return ctypes.CDLL("/System/Library/Frameworks/PCSC.framework/PCSC")
    return ctypes.CDLL("libpcsclite.so.1")


def _ansi(name: str) -> str:
    """Functions that take text exist twice on Windows."""
    return f"{name}A" if sys.platform == "win32" else name
