"""A line to the database that breaks at a chosen moment: a proxy between a process and the server's socket."""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from django.db import connection

CALLED = b"B"  # Bind: a prepared statement is run, which of the product's statements only calls of the gate are


class Moment(Enum):
    """When the line breaks."""

    WORKING = "the server has the call and works on it"
    ANSWERING = "the server has answered, and the answer is lost"


class LostLine:
    """The first call of the gate that goes through loses its line; what comes later goes through."""

    def __init__(self, folder: Path, server: str, name: str, moment: Moment) -> None:
        self.server, self.moment, self.lost, self.lines = server, moment, 0, 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / name))
        self.listener.listen()
        self.threads = [self._start(self._accept)]

    def _start(self, work: Any, *given: Any) -> threading.Thread:
        thread = threading.Thread(target=work, args=given, daemon=True)
        thread.start()
        return thread

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.server)
                self.lines += 1
                self.threads.append(self._start(self._carry, near, far))

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        """Both ways in one thread each; the way back stops where the line is to break."""
        is_called = threading.Event()
        back = self._start(self._back, near, far, is_called)
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                if data[:1] == CALLED and not self.lost:
                    self.lost += 1
                    is_called.set()
                    far.sendall(data)
                    if self.moment is Moment.WORKING:
                        near.shutdown(socket.SHUT_RDWR)
                else:
                    far.sendall(data)
        if not is_called.is_set():  # else the server ends the line when it has answered
            with contextlib.suppress(OSError):
                far.shutdown(socket.SHUT_RDWR)
        back.join()
        near.close()
        far.close()

    def _back(self, near: socket.socket, far: socket.socket, is_called: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(65536):
                if is_called.is_set():
                    break  # the answer: it is there, and nobody gets it
                near.sendall(data)
        for end in (near, far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Wait until all that went through has ended."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(30)


@contextmanager
def losing(moment: Moment) -> Iterator[LostLine]:
    """Inside, this process reaches its database over such a line."""
    settings = connection.settings_dict
    name = f".s.PGSQL.{settings['PORT'] or 5432}"
    before, folder = settings["HOST"], Path(tempfile.mkdtemp(prefix="kb"))
    connection.close()
    line = LostLine(folder, f"{before}/{name}", name, moment)
    settings["HOST"] = str(folder)
    try:
        yield line
    finally:
        connection.close()
        settings["HOST"] = before
        line.close()
        shutil.rmtree(folder)
