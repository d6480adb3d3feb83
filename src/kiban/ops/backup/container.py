"""The file of a backup: a head in clear, then chunks, each checked (SHA-256) or encrypted (AES-256-GCM) by itself.

A chunk's check covers the head, its number and whether it is the last one. So a file that is cut, put together anew or
changed anywhere is found out, and nothing of a chunk is used before it was checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiban.ops.backup import keys
from kiban.ops.backup.errors import BackupError, DamagedError

MAGIC = b"kiban-backup-1\n"
CHUNK = 1 << 20  # bytes of contents
LONGEST_HEAD = 1 << 16  # bytes


class Seal(Protocol):
    """How a chunk is kept: ``closed`` makes it ``extra`` bytes longer, ``opened`` gives back what it was."""

    extra: int

    def closed(self, number: int, data: bytes, *, is_last: bool) -> bytes:
        """The chunk as it lies in the file."""

    def opened(self, number: int, chunk: bytes, *, is_last: bool) -> bytes:
        """Its contents.

        Raises:
            DamagedError: it is not that chunk of this file.
        """


class Checked:
    """In clear, with a checksum: against accidents, not against somebody who means harm."""

    extra = 32

    def __init__(self, head: bytes) -> None:
        self.begun = hashlib.sha256(head)

    def _sum(self, number: int, data: bytes, *, is_last: bool) -> bytes:
        found = self.begun.copy()
        found.update(_place(number, is_last=is_last))
        found.update(data)
        return found.digest()

    def closed(self, number: int, data: bytes, *, is_last: bool) -> bytes:
        """See ``Seal``."""
        return data + self._sum(number, data, is_last=is_last)

    def opened(self, number: int, chunk: bytes, *, is_last: bool) -> bytes:
        """See ``Seal``."""
        data = chunk[: -self.extra]
        if chunk[-self.extra :] != self._sum(number, data, is_last=is_last):
            raise DamagedError("途中で切れているか、中身が変わっています")
        return data


class Encrypted:
    """With a key of this file alone, so that a chunk's number may be its nonce."""

    extra = 16

    def __init__(self, key: bytes) -> None:
        self.cipher = AESGCM(key)

    def closed(self, number: int, data: bytes, *, is_last: bool) -> bytes:
        """See ``Seal``."""
        return self.cipher.encrypt(_place(number, is_last=is_last), data, None)

    def opened(self, number: int, chunk: bytes, *, is_last: bool) -> bytes:
        """See ``Seal``."""
        try:
            return self.cipher.decrypt(_place(number, is_last=is_last), chunk, None)
        except InvalidTag:
            raise DamagedError("途中で切れているか、中身が変わっています") from None


def _place(number: int, *, is_last: bool) -> bytes:
    """Which chunk it is: 12 bytes."""
    return number.to_bytes(11, "big") + bytes([is_last])


class Writer:
    """Writes a backup's contents into a file.

    Args:
        facts: what the head says besides how the file is encrypted; anybody can read it.
        key: for whom it is encrypted; ``None``: it is not.
    """

    def __init__(self, file: BinaryIO, facts: Mapping[str, Any], key: X25519PublicKey | None) -> None:
        self.file, self.held, self.number = file, bytearray(), 0
        once = X25519PrivateKey.generate() if key else None
        kind = {"kind": "none"} if key is None or once is None else keys.said(once, key)
        text = json.dumps({**facts, "encryption": kind}, ensure_ascii=False, sort_keys=True).encode()
        head = MAGIC + len(text).to_bytes(4, "big") + text
        self.seal: Seal = Checked(head)
        if key is not None and once is not None:
            self.seal = Encrypted(keys.agreed(once, key, head))
        file.write(head)

    def write(self, data: bytes) -> None:
        """Take more contents."""
        self.held += data
        while len(self.held) > CHUNK:  # what is full stays until it is known whether it is the last
            self._put(bytes(self.held[:CHUNK]), is_last=False)
            del self.held[:CHUNK]

    def end(self) -> None:
        """Write what is held; nothing may follow."""
        self._put(bytes(self.held), is_last=True)

    def _put(self, data: bytes, *, is_last: bool) -> None:
        self.file.write(self.seal.closed(self.number, data, is_last=is_last))
        self.number += 1


def head_of(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """What the head says, and its bytes.

    Raises:
        BackupError: the file is no backup.
        DamagedError: the head is cut or changed.
    """
    begin = file.read(len(MAGIC) + 4)
    if begin[: len(MAGIC)] != MAGIC:
        raise BackupError("これは kiban backup が書いたファイルではありません。ファイルを確かめてください。")
    length = int.from_bytes(begin[len(MAGIC) :], "big")
    text = file.read(length) if length <= LONGEST_HEAD else b""
    try:
        found = json.loads(text)
        if not isinstance(found["encryption"]["kind"], str):
            raise TypeError
    except (ValueError, TypeError, KeyError):
        raise DamagedError("最初の部分が読めません") from None
    return found, begin + text


class Reader:
    """Reads the contents of a backup, chunk by chunk, each checked before it is given.

    Args:
        key: to decrypt with; not needed for a file in clear.
        seal: instead of a key, where who wrote the file reads it again.

    Raises:
        BackupError: it is no backup, or the key is missing or another one.
        DamagedError: it is not as it was written.
    """

    def __init__(self, file: BinaryIO, key: X25519PrivateKey | None, seal: Seal | None = None) -> None:
        self.file = file
        self.head, head = head_of(file)
        self.seal = seal or self._seal(key, head)
        self.held, self.at, self.number = b"", 0, 0
        self.next = file.read(CHUNK + self.seal.extra)
        self.is_over = False

    def _seal(self, key: X25519PrivateKey | None, head: bytes) -> Seal:
        said = self.head["encryption"]
        return Checked(head) if said["kind"] == "none" else Encrypted(keys.opened(said, key, head))

    def read(self, size: int) -> bytes:
        """So many bytes.

        Raises:
            DamagedError: there are not so many, or they are not what was written.
        """
        while len(self.held) - self.at < size:
            if self.is_over:
                raise DamagedError("途中で終わっています")
            self._fetch()
        self.at += size
        return self.held[self.at - size : self.at]

    def end(self) -> None:
        """See to it that nothing follows.

        Raises:
            DamagedError: something does.
        """
        if not self.is_over:
            self._fetch()
        if self.at < len(self.held) or not self.is_over:
            raise DamagedError("終わりの後に続きがあります")

    def _fetch(self) -> None:
        chunk, self.next = self.next, self.file.read(CHUNK + self.seal.extra)
        self.is_over = not self.next
        if len(chunk) < self.seal.extra:
            raise DamagedError("途中で切れています")
        self.held = self.held[self.at :] + self.seal.opened(self.number, chunk, is_last=self.is_over)
        self.at = 0
        self.number += 1
