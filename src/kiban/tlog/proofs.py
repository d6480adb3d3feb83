"""A proof that one entry is in a log, as one text file (C2SP tlog-proof)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from . import tree
from .errors import ProofError
from .notes import Head, Key, decoded

FIRST = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Proof:
    """An entry's number, its way up to the root, the signed head, and what the entry was made of (or nothing)."""

    index: int
    path: tuple[bytes, ...]
    head: Head
    checkpoint: str
    extra: bytes = b""

    @classmethod
    def read(cls, said: str) -> Proof:
        """Take a ``.tlog-proof`` file apart.

        Raises:
            ProofError: it is none.
        """
        above, blank, checkpoint = said.partition("\n\n")
        lines = above.split("\n")
        if lines.pop(0) != FIRST or not blank:
            raise ProofError("証明のファイル(.tlog-proof)ではありません")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = decoded(lines.pop(0).removeprefix("extra ")) or b""
        word, _, number = (lines.pop(0) if lines else "").partition(" ")
        path = [decoded(line) for line in lines]
        if word != "index" or not number.isdecimal() or not all(one and len(one) == tree.LENGTH for one in path):
            raise ProofError("証明のファイルが途中で壊れています")
        return cls(int(number), tuple(one for one in path if one), Head.read(checkpoint), checkpoint, extra)

    def check(self, entry: bytes, keys: Sequence[Key]) -> None:
        """Whether the entry is in the log one of the keys signed.

        Raises:
            ProofError: it is not, or nobody known signed.
        """
        if not self.head.note.signed_by(keys):
            raise ProofError("この公開鍵で署名された記録ではありません")
        leaf = tree.leaf_hash(entry)
        if tree.root_from_proof(self.index, self.head.size, leaf, self.path) != self.head.root:
            raise ProofError("この行は、署名された記録の中にありません(行か証明が書き換えられています)")


def written(index: int, path: Sequence[bytes], checkpoint: str, extra: bytes = b"") -> str:
    """The text of a ``.tlog-proof`` file."""
    coded = [base64.b64encode(one).decode() for one in path]
    said = [f"extra {base64.b64encode(extra).decode()}"] if extra else []
    return "\n".join([FIRST, *said, f"index {index}", *coded, "", checkpoint])
