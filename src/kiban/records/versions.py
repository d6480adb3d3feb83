"""The canonical form of a record's content, and its digest: the same row twice is no new version."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any


def canonical(content: dict[str, Any]) -> str:
    """JSON with the names in order, nothing between, characters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(valid_from: dt.date | None, valid_to: dt.date | None, content: dict[str, Any]) -> bytes:
    """SHA-256 over the validity (half-open, ISO dates, empty when open) and the canonical content."""
    head = f"{valid_from or ''}|{valid_to or ''}|"
    return hashlib.sha256((head + canonical(content)).encode()).digest()
