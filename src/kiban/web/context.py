"""What every page knows without asking a database: who sits where, and the places they may go to."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest

from kiban.web import navigation
from kiban.web.frame import Frame


def frame(request: HttpRequest) -> dict[str, Any]:
    seat: Frame | None = getattr(request, "frame", None)
    return {
        "frame": seat,
        # a callable: a fragment for htmx never builds the list
        "places": partial(navigation.links, request.path, administrator=bool(seat and seat.is_administrator)),
    }
