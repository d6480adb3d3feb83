"""What every page knows without asking a database: who sits where, and the places they may go to."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kiban.web import navigation
from kiban.web.frame import Frame


def frame(request: HttpRequest) -> dict[str, Any]:
    seat: Frame | None = getattr(request, "frame", None)
    return {
        "frame": seat,
        "idle_seconds": round(settings.IDLE_MINUTES * 60, 1),
        # a callable: a fragment for htmx never builds the list
        "places": partial(
            navigation.links,
            request.path,
            administrator=bool(seat and seat.is_administrator),
            kind=seat.organisation_kind if seat else "",
        ),
    }
