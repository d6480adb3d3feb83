"""A card reader without hardware: the real ``pcscd`` with the vpcd driver, and an emulated card that connects to it.

vpcd's *listening* form is used: in its connecting form Debian 12's version aborts as soon as a card is taken out. It
listens on every interface of the machine, on two ports picked at random, while a test runs; what could connect from
outside is a card, and no test looks at a card that it did not make. Emulator to driver goes over loopback.

There is one pcscd per machine, so processes that want a reader wait for each other (a lock file).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import orphans, requirements
from tests.card import pcsc
from tests.card.emulator import ATR, EmulatedCard, PulledError
from tests.cluster import until

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
READER_NAME = "Virtual PCD 00 00"
RUN = Path("/run/pcscd")
LOCK = Path(tempfile.gettempdir()) / "kiban-virtual-reader.lock"
CONFIGURATION = """FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:0x{port:X}
LIBPATH      {driver}
CHANNELID    0x{port:X}
"""
POWER = (0, 1, 2)  # off, on, reset: no answer


class _Plugged(threading.Thread):
    """A card in the reader: its connection to the driver. Closing it is what taking the card out is."""

    def __init__(self, port: int, card: EmulatedCard) -> None:
        super().__init__(daemon=True)
        self.card = card
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.start()

    def run(self) -> None:
        with self.connection, contextlib.suppress(OSError, PulledError):
            while True:
                self._serve()

    def _serve(self) -> None:
        (length,) = struct.unpack(">H", _exactly(self.connection, 2))
        message = _exactly(self.connection, length)
        if length == 1 and message[0] in POWER:
            self.card.reset()
            return
        answer = ATR if length == 1 else self.card.apdu(message)
        self.connection.sendall(struct.pack(">H", len(answer)) + answer)

    def take_out(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.join(5)


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        # The driver sends length and body apart; a late acknowledgement of the first would cost 40 ms per command.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = connection.recv(length - len(data))
        if not part:
            raise ConnectionResetError
        data += part
    return data


class VirtualReader:
    """The reader of ``virtual_reader()``: put cards in with ``card()``."""

    def __init__(self, port: int) -> None:
        self.name = READER_NAME
        self._port = port
        self._plugged: _Plugged | None = None

    @contextmanager
    def card(self, card: EmulatedCard) -> Iterator[EmulatedCard]:
        """Put a card in; returns when PC/SC has seen it, takes it out at the end."""
        self.insert(card)
        try:
            yield card
        finally:
            self.remove()

    def insert(self, card: EmulatedCard) -> None:
        """Put a card in and wait until PC/SC has seen it."""
        assert self._plugged is None, "there is a card in the reader"
        self._plugged = _Plugged(self._port, card)
        pcsc.wait(READER_NAME, present=True)

    def remove(self) -> None:
        """Take the card out and wait until PC/SC has seen it."""
        if self._plugged is not None:
            self._plugged.take_out()
            self._plugged = None
        pcsc.wait(READER_NAME, present=False)


@contextmanager
def virtual_reader() -> Iterator[VirtualReader]:
    """A running ``pcscd`` with one empty virtual reader. Skips (in CI: fails) where that cannot be."""
    program = requirements.program("pcscd")
    driver = requirements.file(DRIVER, "vsmartcard-vpcd")
    with LOCK.open("w") as lock, tempfile.TemporaryDirectory(prefix="kiban-pcscd-") as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        requirements.absent(
            f"another pcscd runs on this machine (process {_running()}); stop it first", when=_running() is not None
        )
        requirements.absent(f"{RUN} cannot be written by this user", when=not _writable())
        port = _two_free_ports()
        Path(folder, "vpcd").write_text(CONFIGURATION.format(port=port, driver=driver), encoding="ascii")
        with _pcscd(program, Path(folder)):
            reader = VirtualReader(port)
            try:
                yield reader
            finally:
                reader.remove()


@contextmanager
def no_reader() -> Iterator[None]:
    """A machine without a reader, as long as this lasts. Skips (in CI: fails) where a pcscd runs that is not ours."""
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        requirements.absent(
            f"another pcscd runs on this machine (process {_running()}); stop it first", when=_running() is not None
        )
        yield


def _no_other() -> None:
    other = _running()
    requirements.absent(f"another pcscd runs on this machine (process {other}); stop it first", when=other is not None)


@contextmanager
def _pcscd(program: str, folder: Path) -> Iterator[None]:
    log = (folder / "log").open("wb")
    process = orphans.begin([program, "--foreground", "--config", folder], stdout=log, stderr=log)
    try:
        until(lambda: process.poll() is not None or pcsc.has(READER_NAME), 20)
        assert process.poll() is None, f"pcscd ended: {(folder / 'log').read_text(errors='replace')[-2000:]}"
        yield
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _two_free_ports() -> int:
    """The first of two neighbouring ports nobody listens on: the driver numbers its second reader's itself."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("", 0))
            port = int(first.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                second.bind(("", port + 1))
                return port


def _running() -> int | None:
    """The process id of a living pcscd, ours or a system's."""
    try:
        number = int((RUN / "pcscd.pid").read_text())
        os.kill(number, 0)
    except PermissionError:
        return number
    except (OSError, ValueError):
        return None
    return number


def _writable() -> bool:
    with contextlib.suppress(OSError):
        RUN.mkdir(mode=0o755, exist_ok=True)
    return os.access(RUN, os.W_OK)
