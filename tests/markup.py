"""HTML without its layout, for tests that look at what stands in a page and not at how its template is written."""

from __future__ import annotations

import re


def on_one_line(html: str | bytes) -> str:
    """The page without line breaks and what is indented after them; between attributes each is one blank."""
    text = html.decode() if isinstance(html, bytes) else html
    text = re.sub(r"<[^>]*>", lambda tag: re.sub(r"\s+", " ", tag[0]), text)
    return re.sub(r"\s*\n\s*", "", text)
