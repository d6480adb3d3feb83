"""Signing heads of a log, and vouching for another's (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiban.tlog.notes import COSIGNATURE, LOG, Key, signed


@dataclass(frozen=True)
class Signer:
    """Who signs: a name, and a private Ed25519 key."""

    name: str
    private: Ed25519PrivateKey
    kind: int = LOG

    @property
    def key(self) -> Key:
        """What others verify with."""
        return Key(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def line(self, text: str, seconds: int = 0) -> str:
        """The signature's line under a note's text.

        Args:
            text: of the note, ending with a newline.
            seconds: of a cosignature: POSIX time at which it is made.
        """
        time = seconds.to_bytes(8, "big") if self.kind == COSIGNATURE else b""
        message, _ = signed(self.kind, text, time)
        value = self.key.number + time + self.private.sign(message)
        return f"— {self.name} {base64.b64encode(value).decode()}\n"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint, which is signed: the log's name, how many entries, the root (32 bytes) over them."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def checkpoint(origin: str, size: int, root: bytes, *signers: Signer) -> str:
    """A checkpoint with a line of each signer."""
    text = checkpoint_text(origin, size, root)
    return text + "\n" + "".join(signer.line(text) for signer in signers)
