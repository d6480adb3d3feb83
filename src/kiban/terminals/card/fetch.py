"""Asking an authority over HTTP. What comes back is signed, so the way there need not be secret."""

from __future__ import annotations

import urllib.request

SECONDS = 5  # to wait for an answer
LONGEST = 50_000_000  # bytes


def is_address(place: str) -> bool:
    """Whether a setting means a place on the network."""
    return place.startswith(("http://", "https://"))


def fetch(address: str, body: bytes | None = None, content_type: str = "") -> bytes:
    """GET, or POST with a body. Raises OSError when there is no answer, ValueError when there is too much of it."""
    if not is_address(address):
        raise ValueError("not an http address")
    headers = {"Content-Type": content_type} if content_type else {}
    request = urllib.request.Request(address, body, headers)  # noqa: S310 - looked at above
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise ValueError("too long")
    return content
