"""Steps of ``kiban setup`` that rooms contribute (``Room.reference_data``, ``Room.prepare``). Both may be repeated."""

from __future__ import annotations

from kiban.ops.room import rooms


def load_reference_data() -> None:
    """Run every room's ``reference_data`` in the order of the rooms."""
    for room in rooms():
        room.reference_data()


def after_restore() -> None:
    """Run every room's ``restored``."""
    for room in rooms():
        room.restored()


def prepare() -> list[str]:
    """Run every room's ``prepare`` (files in the data folder: an authority, keys). Returns what was made, in words."""
    return [words for room in rooms() for words in room.prepare()]
