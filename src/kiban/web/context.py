"""What every page knows without asking a database: who sits where, and the places they may go to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from kiban.ops.room import rooms
from kiban.web import navigation, size, typed
from kiban.web.frame import Frame
from kiban.web.request import visitor_if_known


def frame(request: HttpRequest) -> dict[str, Any]:
    frame: Frame | None = getattr(request, "frame", None)
    waiting = _waiting(request)
    return {
        "frame": frame,
        # a callable: asked by the frame's template only, and only then taken out of the session
        "typed_before": partial(typed.take, request),
        "idle_seconds": round(settings.IDLE_MINUTES * 60, 1),
        # a callable: a fragment for htmx never builds the list
        "places": partial(
            navigation.links,
            request.path,
            administrator=bool(frame and frame.is_administrator),
            kind=frame.organisation_kind if frame else "",
            waiting=waiting,
        ),
        # the one place in the head with such a number
        "acting_waiting": lambda: waiting().get("staff:acting", 0),
        "is_large": size.is_large(request),
    }


def _waiting(request: HttpRequest) -> Callable[[], Mapping[str, int]]:
    """The numbers beside places, counted when a page shows them and once a page. None where the gate alone decides."""

    @cache
    def count() -> Mapping[str, int]:
        visitor = visitor_if_known(request)
        if visitor is None:
            return {}
        try:
            return {name: number for room in rooms() for name, number in room.waiting(visitor).items() if number}
        except DatabaseError:
            return {}  # the page says something more important

    return count
