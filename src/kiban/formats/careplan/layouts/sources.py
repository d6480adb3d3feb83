"""A file before its first row is read: is it text, in which encoding, or of another format altogether."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kiban.formats.careplan.layouts.characters import ENCODING
from kiban.formats.kinds_of_file import other_encoding, other_format

CHUNK = 1 << 17
LOOKED_AT = 1 << 13  # bytes enough to tell two encodings apart
UTF8 = "utf-8"


@dataclass(frozen=True)
class Source:
    """A file, wherever it lies.

    Attributes:
        name: as it is shown (inside a folder or zip with the way to it).
        open: opens it anew for reading bytes. Raises OSError.
    """

    name: str
    open: Callable[[], BinaryIO]

    @property
    def base(self) -> str:
        """The name without the way to it."""
        return base_name(self.name)


def base_name(name: str) -> str:
    """A file's name without folder or zip."""
    return name.replace("\\", "/").rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Text:
    """What the bytes of a text are: ``cp932`` or ``utf-8``, with or without byte-order mark."""

    encoding: str
    mark: bool = False


class NotTextError(Exception):
    """The bytes are no text of these files. ``what``: what they are, as a Japanese noun; empty: nothing is there."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


def of_path(path: Path, name: str | None = None) -> Source:
    """A file on the disk."""
    return Source(name or path.name, lambda: path.open("rb"))


def of_bytes(name: str, content: bytes) -> Source:
    """A file in memory."""
    return Source(name, lambda: io.BytesIO(content))


def examine(source: Source) -> Text:
    """Which encoding the file is in.

    Text that is valid UTF-8 from beginning to end and not plain ASCII is UTF-8: Japanese in MS932 never is, but for a
    few characters. A file that is neither is taken for what it breaks less often.

    Raises:
        NotTextError: empty, or another format.
        OSError: cannot be read.
    """
    with source.open() as file:
        head = file.read(CHUNK)
        _refuse(head)
        mark = head.startswith(codecs.BOM_UTF8)
        decoder = codecs.getincrementaldecoder(UTF8)()
        ascii_only = not mark
        chunk = head
        try:
            while chunk:
                ascii_only = ascii_only and chunk.isascii()
                decoder.decode(chunk)
                chunk = file.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            if not mark and (other := other_encoding(head[:LOOKED_AT].rsplit(b"\n", 1)[0])) and not _is_ms932(head):
                raise NotTextError(other.what) from None
            return Text(UTF8, mark) if mark or _nearer_utf8((chunk or head)[:LOOKED_AT]) else Text(ENCODING)
    return Text(ENCODING if ascii_only else UTF8, mark)


def _refuse(head: bytes) -> None:
    if not head.removeprefix(codecs.BOM_UTF8).strip(b" \t\r\n\x1a\0"):
        raise NotTextError("")
    if other := other_format(head):
        raise NotTextError(other.what)


def _nearer_utf8(chunk: bytes) -> bool:
    """Whether a chunk that is not valid UTF-8 is nevertheless nearer to it than to MS932."""
    broken = {}
    for encoding in (UTF8, ENCODING):
        text = chunk.decode(encoding, "surrogateescape")
        broken[encoding] = sum("\udc80" <= char <= "\udcff" or "\ue000" <= char <= "\uf8ff" for char in text)
    return broken[UTF8] < broken[ENCODING]


def _is_ms932(head: bytes) -> bool:
    """Whether the beginning is MS932 throughout, up to a character that may be cut in two."""
    try:
        codecs.getincrementaldecoder(ENCODING)().decode(head)
    except UnicodeDecodeError:
        return False
    return True
