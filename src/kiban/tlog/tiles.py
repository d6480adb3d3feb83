"""The files of a tiled log as C2SP writes them down (tlog-tiles): names, widths, bundles of entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from . import tree
from .errors import ProofError

WIDTH = 256  # entries or hashes of a full tile
LENGTH = 2  # bytes before each entry of a bundle


def name(level: int | str, number: int, width: int = WIDTH) -> str:
    """Where a tile lies below the log's folder (``level`` "entries": a bundle of entries)."""
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{partial}"


def widths(level: int, size: int) -> Iterator[tuple[int, int]]:
    """(number, width) of each tile of a level in a tree of this size."""
    full, rest = divmod(size // WIDTH**level, WIDTH)
    for number in range(full):
        yield number, WIDTH
    if rest:
        yield full, rest


def levels(size: int) -> int:
    """How many levels have a tile."""
    level = 0
    while size // WIDTH**level:
        level += 1
    return level


def bundle(entries: Sequence[bytes]) -> bytes:
    """The entries of one bundle, each after its length."""
    return b"".join(len(entry).to_bytes(LENGTH, "big") + entry for entry in entries)


def entries(bundled: bytes) -> list[bytes]:
    """Take a bundle apart.

    Raises:
        ProofError: it was cut.
    """
    size = LENGTH + 32  # of hashes: all are alike
    if len(bundled) % size == 0 and bundled[::size].count(0) == bundled[1::size].count(32) == len(bundled) // size:
        return [bundled[at + LENGTH : at + size] for at in range(0, len(bundled), size)]
    found, at = [], 0
    while at < len(bundled):
        end = at + LENGTH + int.from_bytes(bundled[at : at + LENGTH], "big")
        if end > len(bundled) or at + LENGTH > len(bundled):
            raise ProofError("記録の束が途中で切れています")
        found.append(bundled[at + LENGTH : end])
        at = end
    return found


def laid_out(size: int, entries_of: Callable[[int, int], Sequence[bytes]]) -> Iterator[tuple[str, bytes]]:
    """The name and content of every tile and bundle of a tree.

    Args:
        size: of the tree.
        entries_of: the entries from one index up to before another.
    """
    level: list[bytes] = []
    for number, width in widths(0, size):
        held = entries_of(number * WIDTH, number * WIDTH + width)
        hashes = [tree.leaf_hash(entry) for entry in held]
        yield name("entries", number, width), bundle(held)
        yield name(0, number, width), b"".join(hashes)
        if width == WIDTH:
            level.append(tree.full_root(hashes))
    at = 1
    while level:
        for number, width in widths(0, len(level)):
            yield name(at, number, width), b"".join(level[number * WIDTH :][:width])
        level = above(level)
        at += 1


def above(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes of the next level: one for each full tile."""
    return [tree.full_root(hashes[at * WIDTH :][:WIDTH]) for at in range(len(hashes) // WIDTH)]
