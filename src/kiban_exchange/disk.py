"""Writing and moving so that a kill or a power cut at any moment leaves the old or the new, nothing in between."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

UNFINISHED = "~kiban-"  # what begins with it is ours, not finished, and never looked at


class InUseError(Exception):
    """Another run works on this folder."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file for the length of a run. The system frees it when the process dies. Raises InUseError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            if sys.platform == "win32":
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InUseError from None
        yield
    finally:
        os.close(handle)


def write(path: Path, content: bytes) -> None:
    """Put a file in its place as a whole, over an older one if there is one."""
    unfinished = path.with_name(f"{UNFINISHED}{path.name}")
    write_new(unfinished, content)
    os.replace(unfinished, path)  # noqa: PTH105 - one name for the system call in this module
    settle(path.parent)


def write_new(path: Path, content: bytes) -> None:
    """Write a file down to the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder that is there with all its files, or not at all.

    Raises:
        FileExistsError: it is there, or a killed run had begun it (see ``clear``).
    """
    unfinished = path.with_name(f"{UNFINISHED}{path.name}")
    unfinished.mkdir()
    for name, content in files.items():
        write_new(unfinished / name, content)
    settle(unfinished)
    if path.exists():  # a rename would replace an empty folder
        raise FileExistsError(path.name)
    os.rename(unfinished, path)  # noqa: PTH104
    settle(path.parent)


def clear(folder: Path) -> None:
    """Throw away folders a killed run had begun to write."""
    for path in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path)


def move(source: Path, folder: Path) -> Path:
    """Move a file into a folder, never over another one; bytes that are there already are not kept twice."""
    target, number = folder / source.name, 2
    while target.exists():
        if digest(target) == digest(source):
            source.unlink()
            return target
        target = folder / f"{source.stem}({number}){source.suffix}"
        number += 1
    os.rename(source, target)  # noqa: PTH104
    settle(folder)
    return target


def digest(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def what_is_wrong(error: OSError) -> str:
    """What is the matter, in a word; never the name of a file that is not ours."""
    known = {
        errno.ENOSPC: "空きがありません",
        getattr(errno, "EDQUOT", -1): "使える量を超えました",
        errno.EACCES: "書く権限がありません",
        errno.EPERM: "書く権限がありません",
        errno.EROFS: "書けないディスクです",
        errno.ENOENT: "フォルダがありません",
        errno.EEXIST: "同じ名前のファイルが、フォルダのあるはずの場所にあります",
        errno.ENAMETOOLONG: "フォルダの場所が深すぎます",
    }
    return known.get(error.errno or 0) or f"番号{error.errno}"
