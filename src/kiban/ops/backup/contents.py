"""What lies in a backup: parts one after the other, and last the book of it (``Manifest``).

A part is a file of the data folder (``files/…``) or the dump of the database. Each is frames: letter, length, bytes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from kiban.ops.backup.container import Reader, Writer
from kiban.ops.backup.errors import DamagedError

DATABASE = "database.dump"
FILES = "files/"
MANIFEST = "manifest.json"
NAME, DATA, END = b"N", b"D", b"E"
LONGEST = 1 << 20  # bytes of a frame
LONGEST_MANIFEST = 1 << 24


@dataclass(frozen=True)
class Part:
    """How long a part is (bytes), and the SHA-256 of it (hex)."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The book of a backup.

    Attributes:
        moment: ISO 8601; everything that was committed until then is in the database's dump, and nothing half.
        product: version of Kaigo Kiban.
        server: version of PostgreSQL as it says itself (``180006``).
        transaction: the number the next transaction would have had. A restored database starts its numbers anew.
        migrations: those the database had, as ``room.0001_name``.
        tables: bytes of the tables without their indexes; ``database``: of all.
        rows: how many by table (``care.record``).
        last_log: when and which number the last row of the access log; empty when there is none.
    """

    moment: str
    product: str
    server: int
    transaction: int
    migrations: list[str]
    tables: int
    database: int
    rows: dict[str, int]
    last_log: dict[str, Any]
    parts: dict[str, Part] = field(default_factory=dict)

    def text(self) -> bytes:
        """As it lies in the backup."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def of(cls, text: bytes) -> Manifest:
        """Read it.

        Raises:
            DamagedError: it is none.
        """
        try:
            found = json.loads(text)
            parts = {name: Part(**part) for name, part in found.pop("parts").items()}
            return cls(**found, parts=parts)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DamagedError("目録が読めません") from None


class Tally:
    """Counts and hashes a part while it goes by."""

    def __init__(self) -> None:
        self.bytes, self.hash = 0, hashlib.sha256()

    def add(self, data: bytes) -> None:
        """Take more of it."""
        self.bytes += len(data)
        self.hash.update(data)

    @property
    def part(self) -> Part:
        """What went by."""
        return Part(self.bytes, self.hash.hexdigest())


def put(writer: Writer, name: str, mode: int, pieces: Iterator[bytes]) -> Part:
    """Write one part; returns what to note in the book."""
    tally = Tally()
    _frame(writer, NAME, json.dumps({"name": name, "mode": mode}).encode())
    for piece in pieces:
        tally.add(piece)
        for begin in range(0, len(piece), LONGEST):
            _frame(writer, DATA, piece[begin : begin + LONGEST])
    _frame(writer, END, b"")
    return tally.part


def _frame(writer: Writer, kind: bytes, data: bytes) -> None:
    writer.write(kind + len(data).to_bytes(4, "big") + data)


Take = Callable[[str, int, Iterator[bytes]], None]


def take(reader: Reader, use: Take) -> Manifest:
    """Read a backup to its end and give every part (name, mode, pieces) to ``use``, which need not read it all.

    Returns the book, which agrees with what was read.

    Raises:
        DamagedError: it is cut or changed, or parts and book are not of one piece. What ``use`` was given until then
            was written by who made the backup.
    """
    found: dict[str, Part] = {}
    while True:
        name, mode = _named(reader)
        tally = Tally()
        pieces = _pieces(reader, tally)
        if name == MANIFEST:
            book = Manifest.of(_whole(pieces))
            break
        if name in found or not (name == DATABASE or _is_below_files(name)):
            raise DamagedError("部分の名前が正しくありません")
        use(name, mode, pieces)
        for _ in pieces:
            pass
        found[name] = tally.part
    reader.end()
    if found != book.parts or DATABASE not in found:
        raise DamagedError("目録と中身が合いません")
    return book


def _named(reader: Reader) -> tuple[str, int]:
    kind, data = _next(reader)
    try:
        said = json.loads(data)
        name, mode = said["name"], said["mode"]
    except (ValueError, TypeError, KeyError):
        raise DamagedError("部分の名前が読めません") from None
    if kind != NAME or not isinstance(name, str) or not isinstance(mode, int):
        raise DamagedError("部分の名前が読めません")
    return name, mode & 0o777


def _pieces(reader: Reader, tally: Tally) -> Iterator[bytes]:
    while True:
        kind, data = _next(reader)
        if kind == END:
            return
        if kind != DATA:
            raise DamagedError("部分の途中が読めません")
        tally.add(data)
        yield data


def _next(reader: Reader) -> tuple[bytes, bytes]:
    head = reader.read(5)
    length = int.from_bytes(head[1:], "big")
    if length > LONGEST:
        raise DamagedError("部分の長さが正しくありません")
    return head[:1], reader.read(length)


def _whole(pieces: Iterator[bytes]) -> bytes:
    text = bytearray()
    for piece in pieces:
        text += piece
        if len(text) > LONGEST_MANIFEST:
            raise DamagedError("目録が長すぎます")
    return bytes(text)


def _is_below_files(name: str) -> bool:
    """A file of the data folder, and nothing outside it: the name of a backup in clear could be anybody's."""
    if not name.startswith(FILES):
        return False
    path = PurePosixPath(name.removeprefix(FILES))
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts
