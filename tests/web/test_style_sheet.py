"""The style sheet: each block begins at one place, and every class is one that some page has."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "kiban"
CSS = (SOURCE / "web" / "static" / "kiban" / "kiban.css").read_text(encoding="utf-8")


def pages() -> str:
    """Everything that writes classes: templates, Python, scripts."""
    files = (path for pattern in ("*.html", "*.py", "*.js") for path in SOURCE.rglob(pattern))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_a_block_begins_at_one_place():
    begun = Counter(re.findall(r"^\.(kb-[\w-]+) \{", CSS, re.MULTILINE))
    assert len(begun) > 50
    assert [name for name, times in begun.items() if times > 1] == [], "two things share one name"


def test_every_class_stands_on_a_page():
    written = pages()
    put_together = tuple(re.findall(r"(kb-[\w-]+?(?:--|__))\{", written))
    classes = set(re.findall(r"\.(kb-[\w-]+)", CSS))
    dead = [
        name
        for name in sorted(classes)
        if not re.search(rf"{name}(?![\w-])", written) and not name.startswith(put_together)
    ]
    assert dead == []
