"""The Merkle tree of RFC 6962, section 2.1, over SHA-256: its hashes, its growing edge, its proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from .errors import ProofError

LENGTH = 32  # bytes of a hash
EMPTY = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """The tree's hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The tree's hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """The right edge of a tree that grows: the roots of its full subtrees, largest first.

    Attributes:
        size: entries so far.
        roots: (height, hash) of each full subtree, the highest first.
    """

    size: int = 0
    roots: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, hashes: Iterable[bytes], height: int = 0) -> None:
        """Append full subtrees of this height (entries: 0); the size must be a multiple of theirs."""
        for one in hashes:
            self.size += 1 << height
            at, held = height, one
            while self.roots and self.roots[-1][0] == at:
                held = node_hash(self.roots.pop()[1], held)
                at += 1
            self.roots.append((at, held))

    def root(self) -> bytes:
        """The root of the tree (of no entries: SHA-256 of nothing)."""
        if not self.roots:
            return EMPTY
        held = self.roots[-1][1]
        for _, left in reversed(self.roots[:-1]):
            held = node_hash(left, held)
        return held


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def root_from_proof(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root an inclusion proof leads to (RFC 9162, 2.1.3.2).

    Raises:
        ProofError: the proof has another length than the position and the size ask for.
    """
    if not 0 <= index < size:
        raise ProofError("証明の番号が、木の大きさの外にあります")
    at, last, held = index, size - 1, leaf
    for other in proof:
        if last == 0:
            raise ProofError("証明が長すぎます")
        if at & 1 or at == last:
            held = node_hash(other, held)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            held = node_hash(held, other)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("証明が短すぎます")
    return held


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Whether a tree of ``new`` entries begins with the tree of ``old`` entries (RFC 9162, 2.1.4.2).

    Raises:
        ProofError: it does not, or the proof has another length than the two sizes ask for.
    """
    if not 0 <= old <= new:
        raise ProofError("前の署名のほうが大きい木です")
    if old in (0, new):
        if proof or (old == new and old_root != new_root):
            raise ProofError("同じ大きさの木なのに、中身が違います" if old == new else "要らない証明が付いています")
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not path:
        raise ProofError("証明が短すぎます")
    first = second = path[0]
    for other in path[1:]:
        if last == 0:
            raise ProofError("証明が長すぎます")
        if at & 1 or at == last:
            first, second = node_hash(other, first), node_hash(other, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, other)
        at, last = at >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise ProofError("前の署名の木の続きではありません")


def inclusion_proof(index: int, size: int, subtree: Callable[[int, int], bytes]) -> list[bytes]:
    """The hashes from the sibling of an entry up to a child of the root.

    Args:
        index: of the entry, from 0.
        size: of the tree.
        subtree: the root over the entries from the first number up to before the second.
    """
    proof, first, end = [], 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(first, middle))
            first = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, subtree: Callable[[int, int], bytes]) -> list[bytes]:
    """The hashes that show that a tree of ``new`` entries begins with one of ``old``; see ``inclusion_proof``."""
    if old in (0, new):
        return []
    proof, first, end, is_whole = [], 0, new, True
    while end != old:
        middle = first + _split(end - first)
        if old <= middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(first, middle))
            first, is_whole = middle, False
    return (proof if is_whole else [*proof, subtree(first, end)])[::-1]


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << ((count - 1).bit_length() - 1)
