"""Which characters and variation sequences a font file has: its table ``cmap`` (OpenType, formats 4, 12 and 14)."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

UNICODE, WINDOWS = 0, 3  # platforms
SEQUENCES = 14  # the format of variation sequences


class NotAFontError(ValueError):
    """The file is no OpenType font, or a damaged one."""


@dataclass(frozen=True)
class Characters:
    """What a face can show: code points, and pairs of a code point and a variation selector."""

    single: frozenset[int]
    sequences: frozenset[tuple[int, int]]


def read(path: Path, face: int = 0) -> Characters:
    """The characters of a font file.

    Args:
        face: which face of a collection (.ttc).

    Raises:
        NotAFontError: see there.
        OSError: the file cannot be read.
    """
    try:
        return _Table(path.read_bytes(), face).characters()
    except (struct.error, IndexError, StopIteration) as error:
        raise NotAFontError(path.name) from error


class _Table:
    """The ``cmap`` of one face; ``start``: where it lies in the file."""

    def __init__(self, content: bytes, face: int) -> None:
        self.content = content
        directory = self._numbers(f">{face + 1}I", 12)[face] if content[:4] == b"ttcf" else 0
        (count,) = self._numbers(">H", directory + 4)
        entries = (self._numbers(">4s3I", directory + 12 + 16 * at) for at in range(count))
        self.start = next(offset for tag, _, offset, _ in entries if tag == b"cmap")

    def _numbers(self, form: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(form, self.content, at)

    def characters(self) -> Characters:
        (count,) = self._numbers(">H", self.start + 2)
        found: dict[int, int] = {}  # format → where it lies
        for platform, _, offset in (self._numbers(">HHI", self.start + 4 + 8 * at) for at in range(count)):
            if platform in (UNICODE, WINDOWS):
                found[self._numbers(">H", self.start + offset)[0]] = self.start + offset
        single = self._groups(found[12]) if 12 in found else self._segments(found[4]) if 4 in found else iter(())
        sequences = self._sequences(found[SEQUENCES]) if SEQUENCES in found else iter(())
        return Characters(frozenset(single), frozenset(sequences))

    def _groups(self, at: int) -> Iterator[int]:
        """Format 12: ranges of code points with consecutive glyphs."""
        (count,) = self._numbers(">I", at + 12)
        for first, last, _ in struct.iter_unpack(">3I", self.content[at + 16 : at + 16 + 12 * count]):
            if last > sys.maxunicode:
                raise IndexError(last)
            yield from range(first, last + 1)

    def _segments(self, at: int) -> Iterator[int]:
        """Format 4: ranges of the first plane; a glyph 0 in them is none."""
        count = self._numbers(">H", at + 6)[0] // 2
        lasts = self._numbers(f">{count}H", at + 14)
        firsts = self._numbers(f">{count}H", at + 16 + 2 * count)
        deltas = self._numbers(f">{count}H", at + 16 + 4 * count)
        offsets_at = at + 16 + 6 * count
        for number, offset in enumerate(self._numbers(f">{count}H", offsets_at)):
            for code in range(firsts[number], min(lasts[number], 0xFFFE) + 1):
                glyph = code
                if offset:
                    (glyph,) = self._numbers(">H", offsets_at + 2 * number + offset + 2 * (code - firsts[number]))
                if glyph and (glyph + deltas[number]) % 0x10000:
                    yield code

    def _sequences(self, at: int) -> Iterator[tuple[int, int]]:
        """Format 14: for each selector the characters it leaves as they are and those it gives another glyph."""
        (count,) = self._numbers(">I", at + 6)
        for number in range(count):
            selector, plain, other = self._selector(at + 10 + 11 * number)
            if plain:
                for low, more in self._records(at + plain, 4):
                    yield from ((code, selector) for code in range(low, low + more + 1))
            if other:
                yield from ((code, selector) for code, _ in self._records(at + other, 5))

    def _selector(self, at: int) -> tuple[int, int, int]:
        plain, other = self._numbers(">II", at + 3)
        return int.from_bytes(self.content[at : at + 3]), plain, other

    def _records(self, at: int, size: int) -> Iterator[tuple[int, int]]:
        """A code point of three bytes and the byte that follows it."""
        (count,) = self._numbers(">I", at)
        for start in range(at + 4, at + 4 + size * count, size):
            yield int.from_bytes(self.content[start : start + 3]), self.content[start + 3]
