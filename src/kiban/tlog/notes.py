"""Signed notes, checkpoints, cosignatures as C2SP writes them down (signed-note, tlog-checkpoint, tlog-cosignature)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from .ed25519 import is_right
from .errors import ProofError

LOG, COSIGNATURE = 0x01, 0x04  # signature types of signed-note: Ed25519, timestamped Ed25519 of a witness


@dataclass(frozen=True)
class Key:
    """A verifier key: its name, what it signs with (``LOG`` or ``COSIGNATURE``), 32 bytes of Ed25519."""

    name: str
    kind: int
    public: bytes

    @property
    def number(self) -> bytes:
        """The key ID (4 bytes)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """As a vkey: name, key ID, base64 of type and key."""
        return f"{self.name}+{self.number.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def read(cls, said: str) -> Key:
        """A vkey.

        Raises:
            ProofError: it is none, or was not copied whole.
        """
        name, _, rest = said.strip().partition("+")
        number, _, coded = rest.partition("+")
        raw = decoded(coded)
        if not name or raw is None or len(raw) != 33 or raw[0] not in (LOG, COSIGNATURE):
            raise ProofError("公開鍵が読めません。「名前+番号+文字」の1行を、最後まで写してください")
        key = cls(name, raw[0], raw[1:])
        if key.number.hex() != number:
            raise ProofError("公開鍵が、途中で変わっています。1行をそのまま写してください")
        return key


@dataclass(frozen=True)
class Note:
    """A signed note: its text, and (name, key ID, signature) of each line below."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def read(cls, said: str) -> Note:
        """Take a note apart.

        Raises:
            ProofError: it is no signed note.
        """
        text, blank, lines = said.rpartition("\n\n")
        found = []
        for line in lines.splitlines():
            dash, _, rest = line.partition(" ")
            name, _, coded = rest.partition(" ")
            raw = decoded(coded)
            if dash != "—" or not name or raw is None or len(raw) < 5:
                raise ProofError("署名の行が読めません")
            found.append((name, raw[:4], raw[4:]))
        if not blank or not found or not lines.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", said):
            raise ProofError("署名付きの文ではありません")
        return cls(text + "\n", tuple(found))

    def is_signed_by(self, key: Key) -> bool:
        """Whether it carries this key's signature, and a right one.

        Raises:
            ProofError: it carries one that is wrong.
        """
        found = False
        for name, number, value in self.signatures:
            if (name, number) == (key.name, key.number):
                if not is_right(key.public, *signed(key.kind, self.text, value)):
                    raise ProofError(f"{key.name} の署名が合いません。書き換えられたか、別の鍵で署名されています")
                found = True
        return found

    def signed_by(self, keys: Iterable[Key]) -> list[Key]:
        """Those of the keys that signed it.

        Raises:
            ProofError: a signature of one of them is wrong.
        """
        return [key for key in keys if self.is_signed_by(key)]


def signed(kind: int, text: str, value: bytes) -> tuple[bytes, bytes]:
    """What was signed and the bare signature, of a line's value (a witness puts its time before both)."""
    if kind == LOG:
        return text.encode(), value
    return f"cosignature/v1\ntime {int.from_bytes(value[:8], 'big')}\n{text}".encode(), value[8:]


@dataclass(frozen=True)
class Head:
    """A checkpoint: which log, how many entries, the root over them; and the note it stands in."""

    origin: str
    size: int
    root: bytes
    note: Note

    @classmethod
    def read(cls, said: str) -> Head:
        """Take a checkpoint apart; whether its signatures are right is ``Note.is_signed_by``.

        Raises:
            ProofError: it is no checkpoint.
        """
        note = Note.read(said)
        origin, size, coded, *_ = [*note.text.split("\n"), "", ""]
        root = decoded(coded)
        if not origin or not re.fullmatch(r"0|[1-9][0-9]{0,18}", size) or root is None or len(root) != 32:
            raise ProofError("署名された先頭(checkpoint)が読めません")
        return cls(origin, int(size), root, note)


def decoded(coded: str) -> bytes | None:
    """Standard base64 of at least one byte; ``None`` when it is none."""
    try:
        return base64.b64decode(coded, validate=True) or None
    except (binascii.Error, ValueError):
        return None
