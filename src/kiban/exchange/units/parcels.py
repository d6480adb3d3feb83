"""The zip in which a machine sends and gets files: opened and made in memory, within bounds."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from kiban.formats.leftovers import is_stray

LARGEST = 64 * 1024 * 1024  # bytes: the zip itself, and everything in it together
MOST_FILES = 500
MOST_ROWS = 1_000_000  # together; every row is looked at, also an empty one
_PIECE = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ParcelError(ValueError):
    """Why a zip is not taken; the text is Japanese and repeats nothing of the zip."""


class TooLargeError(ParcelError):
    """More than ``LARGEST``, ``MOST_FILES`` or ``MOST_ROWS``."""


def unpack(content: bytes) -> dict[str, bytes]:
    """The files in a zip by name, folders left away; what a Mac or Windows put there for itself is passed over.

    What a member says about its size is not believed: reading stops at the bound.

    Raises:
        TooLargeError: too many files, or too much in them.
        ParcelError: no zip, broken, encrypted, nothing in it, or two files of one name.
    """
    files: dict[str, bytes] = {}
    left, rows = LARGEST, 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = [member for member in packed.infolist() if not (member.is_dir() or is_stray(member.filename))]
            if len(members) > MOST_FILES:
                raise TooLargeError(f"一度に送れるファイルは{MOST_FILES}個までです。")
            for member in members:
                name = member.filename.replace("\\", "/").rsplit("/", 1)[-1]
                if member.flag_bits & 1 or member.compress_type not in _METHODS or not name:
                    raise ParcelError("zipにパスワードが付いているか、読めない形で圧縮されています。")
                if name in files:
                    raise ParcelError("zipの中に、同じ名前のファイルが2つあります。")
                files[name] = _read(packed, member, left)
                left -= len(files[name])
                rows += rows_of(files[name])
                if rows > MOST_ROWS:
                    raise TooLargeError(f"zipの中身は、合わせて{MOST_ROWS // 10_000}万行までです。")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise ParcelError("送られたものがzipではないか、途中で切れています。") from None
    if not files:
        raise ParcelError("zipの中にファイルがありません。")
    return files


def rows_of(content: bytes) -> int:
    """How many lines there are, whatever ends them."""
    ends = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    return ends + (not content.endswith((b"\n", b"\r")))


def _read(packed: zipfile.ZipFile, member: zipfile.ZipInfo, bound: int) -> bytes:
    pieces, size = [], 0
    with packed.open(member) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > bound:
                raise TooLargeError(f"zipの中身は、合わせて{LARGEST // 1024**2}MBまでです。")
            pieces.append(piece)
    return b"".join(pieces)


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of files as they are (stored, not compressed), the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as into:
        for name in sorted(files):
            into.writestr(zipfile.ZipInfo(name), files[name])
    return packed.getvalue()
