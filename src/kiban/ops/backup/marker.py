"""The word that a restore has begun and is not over. While it is there, nothing of the data folder is used."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiban.ops.backup.errors import BackupError

NAME = "restore-unfinished.json"
REMEDY = (
    "同じバックアップで、もう一度 kiban restore を実行してください(途中までのものは消してから、初めから戻します)。"
    "終わるまで、ほかのコマンドは動きません。"
)


class Marker:
    """The marker, held by this process alone."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self.descriptor = path, descriptor

    def left(self) -> dict[str, Any]:
        """What an earlier restore that did not end was about to make; empty when there was none."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        text = os.read(self.descriptor, 1 << 20)
        try:
            found = json.loads(text)
        except ValueError:  # cut: then nothing was made yet
            return {}
        return found if isinstance(found, dict) else {}

    def say(self, made: dict[str, Any]) -> None:
        """What is about to be made; on the disk before anything is."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        os.ftruncate(self.descriptor, 0)
        os.write(self.descriptor, json.dumps(made).encode())
        os.fsync(self.descriptor)

    def remove(self) -> None:
        """It is over: everything is there, or nothing."""
        self.path.unlink(missing_ok=True)


def is_there(data: Path) -> bool:
    """Whether a restore into this data folder is under way, or stopped in the middle.

    An empty one is of a restore that still looks whether it may begin.
    """
    try:
        return (data / NAME).stat().st_size > 0
    except OSError:
        return False


@contextmanager
def taken(data: Path) -> Iterator[Marker]:
    """Be the one who restores into the data folder, which is made.

    Raises:
        BackupError: somebody else is at it.
        OSError: the folder cannot be written.
    """
    data.mkdir(parents=True, exist_ok=True)
    path = data / NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(
                "別の kiban restore が、同じデータの場所に戻している途中です。終わるのを待ってください。"
            ) from None
        yield Marker(path, descriptor)
    finally:
        os.close(descriptor)
