"""What Excel, a Mac and a USB stick add to files and folders without anybody wanting it: rows, columns, files.

Every reader passes over it: nobody sees it on the screen, so nobody can be asked to take it out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

DOS_END = "\x1a"  # old systems end a file with this character
_FOLDERS = frozenset(
    {"__macosx", ".spotlight-v100", ".trashes", ".fseventsd", ".temporaryitems", ".documentrevisions-v100"}
    | {"system volume information", "$recycle.bin"}
)
_FILES = frozenset({".ds_store", ".localized", ".apdisk", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_BLANK_LINES = re.compile(rb'(?:[\r\n][,;"\t \x1a\r\n]*)+\Z')


def is_stray(name: str) -> bool:
    """Whether a file is one that macOS, Windows or Excel made for itself.

    Args:
        name: of the file, alone or with folders before it (``__MACOSX/10月/._a.CSV``), either kind of slash.
    """
    *folders, base = name.replace("\\", "/").casefold().split("/")
    return base.startswith(("._", "~$")) or base in _FILES or not _FOLDERS.isdisjoint([*folders, base])


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a row has no content: an empty line, commas alone, blanks, the end mark of old systems."""
    return not any(map(str.strip, cells)) or list(cells) == [DOS_END]


def fitted(cells: list[str], width: int) -> list[str]:
    """The row without the empty cells it has beyond ``width``; the row itself where there is content in them."""
    return cells[:width] if len(cells) > width and is_blank(cells[width:]) else cells


def without_blank_lines(tail: bytes) -> bytes:
    """The end of a file without lines that say nothing, the line end before them included."""
    return _BLANK_LINES.sub(b"", tail)
