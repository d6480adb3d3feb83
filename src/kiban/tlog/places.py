"""The files of an export, in a folder or in a zip; nothing is unpacked, and nothing without end is read."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import ProofError

Place = Path | zipfile.Path
LONGEST = 20_000_000  # bytes of a file that is read whole, and of a line
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)  # what reading a zip raises


def opened(export: Path, folder: re.Pattern[str]) -> Place:
    """Where an export lies: the folder or zip itself, or the one folder in it (as file managers pack it).

    Args:
        folder: what the name of a tree's folder is like.

    Raises:
        ProofError: it is no export.
    """
    place: Place = export if export.is_dir() else _zip(export)
    for _depth in range(2):
        inside: list[Any] = list(place.iterdir())
        if any(folder.fullmatch(one.name) for one in inside):
            return place
        folders = [one for one in inside if one.is_dir() and not one.name.startswith(("__", "."))]
        if len(folders) != 1:
            break
        place = folders[0]
    raise ProofError("閲覧記録の書き出し(番号の付いたフォルダ)ではありません")


def _zip(export: Path) -> Place:
    try:
        archive = zipfile.ZipFile(export)
    except BROKEN:
        raise ProofError("閲覧記録の書き出し(フォルダかzip)ではありません") from None
    names = archive.namelist()
    if len(set(names)) != len(names):
        raise ProofError("zipの中に、同じ名前のファイルが2つあります。読む道具によって、違うものが見えます")
    return zipfile.Path(archive)


def files(place: Place) -> list[Any]:
    """What lies in a folder, by name; nothing where there is none."""
    return sorted(place.iterdir(), key=lambda one: one.name) if place.is_dir() else []


def text(place: Place) -> str:
    """A file as UTF-8.

    Raises:
        ProofError: as ``content``.
        UnicodeDecodeError: it is none.
    """
    return content(place).decode()


def content(place: Place) -> bytes:
    """A file.

    Raises:
        ProofError: it is not there, is longer than any file of an export, or the zip is broken at it.
    """
    if not place.is_file():
        raise ProofError(f"{place.name} がありません")
    try:
        with place.open("rb") as file:
            held: bytes = file.read(LONGEST + 1)
    except BROKEN:
        raise ProofError(f"{place.name} が読めません(zipが壊れているか、暗号が掛かっています)") from None
    if len(held) > LONGEST:
        raise ProofError(f"{place.name} が大きすぎます")
    return held


def lines(place: Place) -> Iterator[bytes]:
    """The lines of a file of any length (ends at U+000A and nowhere else), one at a time.

    Raises:
        ProofError: as ``content``.
    """
    if not place.is_file():
        raise ProofError(f"{place.name} がありません")
    try:
        with place.open("rb") as file:
            while line := file.readline(LONGEST + 1):
                if len(line) > LONGEST:
                    raise ProofError(f"{place.name} に、長すぎる行があります")
                yield line
    except BROKEN:
        raise ProofError(f"{place.name} が読めません(zipが壊れているか、暗号が掛かっています)") from None
