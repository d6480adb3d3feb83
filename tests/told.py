"""The commands a page of the docs tells somebody to type."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def blocks(page: str | Path) -> list[list[str]]:
    """The lines of a page's blocks, without their remarks (``# …``) and indents.

    Args:
        page: as seen from the root of the project.
    """
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        [line for line in (re.sub(r"(^|\s+)#\s.*", "", line).strip() for line in block.splitlines()) if line]
        for block in _BLOCK.findall(text)
    ]
