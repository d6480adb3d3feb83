"""The folder backups lie in: their names, the unfinished one, how many are kept, how much space there is."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kiban.ops import database, disk, reasons
from kiban.ops.backup import container
from kiban.ops.backup.errors import BackupError
from kiban.ops.paths import data_folder

NAME = re.compile(r"kiban-[0-9]{8}T[0-9]{6}Z\.backup")
UNFINISHED = ".kiban-unfinished-"
RESERVE = 2**30  # bytes that stay free where the embedded database lies: without space nothing can be opened


@dataclass
class Unfinished:
    """A backup that is being written: under another name until it is whole and was read again."""

    path: Path
    file: BinaryIO

    def become(self, final: Path) -> None:
        """Give it its name, on the disk too.

        Raises:
            BackupError: there is a file of that name.
        """
        try:
            os.link(self.path, final)
        except FileExistsError:
            raise BackupError(f"{final} がすでにあります。上書きはしません。もう一度実行してください。") from None
        except OSError:  # a disk without links
            if final.exists():
                raise BackupError(f"{final} がすでにあります。上書きはしません。もう一度実行してください。") from None
            self.path.replace(final)
        self.path.unlink(missing_ok=True)
        disk.settle(final.parent)


def checked(folder: Path) -> Path:
    """The folder, absolute.

    Raises:
        BackupError: it is none, or lies in the data folder and would be lost with it.
    """
    folder = folder.expanduser().resolve()
    if not folder.is_dir():
        raise BackupError(f"バックアップを置くフォルダ {folder} がありません。作るか、場所を確かめてください。")
    if folder.is_relative_to(data_folder()):
        raise BackupError(
            f"バックアップは、データの場所 {data_folder()} の外に置いてください(中に置くと、データと一緒に失われます)。"
        )
    return folder


def final(folder: Path, moment: str) -> Path:
    """The file of a backup of that moment."""
    at = dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
    return folder / f"kiban-{at:%Y%m%dT%H%M%SZ}.backup"


@contextmanager
def unfinished(folder: Path) -> Iterator[Unfinished]:
    """A new file (mode 0600); taken away at the end of the block unless it got its name.

    Raises:
        BackupError: the folder cannot be written.
    """
    _clear(folder)
    path = folder / f"{UNFINISHED}{secrets.token_hex(4)}"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        why = reasons.of(error)
        raise BackupError(f"フォルダ {folder} に書けません({why})。持ち主を確かめてください。") from error
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield Unfinished(path, file)
        finally:
            path.unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    """Take away what killed backups left; who still writes holds the lock."""
    for path in folder.glob(f"{UNFINISHED}*"):
        if not path.is_file():  # a pipe would have us wait for ever
            continue
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def check_space(folder: Path, needed: int) -> None:
    """Raises:
    BackupError: there is not enough for so many bytes.
    """
    free = shutil.disk_usage(folder).free - reserve(folder)
    if free < needed:
        raise BackupError(
            f"{folder} の空きが足りません(要る {_mib(needed)} MiB、使える {_mib(max(free, 0))} MiB)。"
            "空きを作るか、別の場所を指定してください。"
        )


def reserve(folder: Path) -> int:
    """Bytes that must stay free beside a backup."""
    beside_database = database.is_embedded() and folder.stat().st_dev == data_folder().stat().st_dev
    return RESERVE if beside_database else 0


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f}"


def keep(folder: Path, installation: str, many: int, made: Path) -> list[Path]:
    """Take away this installation's backups but the newest so many; returns those that went.

    The one just made always stays and is one of them: after a clock that was ahead, names say otherwise.
    """
    others = [path for path in sorted(folder.iterdir()) if path != made and NAME.fullmatch(path.name)]
    ours = [path for path in others if _is_of(path, installation)]
    gone = ours[: max(len(ours) - (many - 1), 0)]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _is_of(path: Path, installation: str) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return bool(container.head_of(file)[0].get("installation") == installation)
    except (OSError, BackupError):
        return False
