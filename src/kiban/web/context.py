"""What every page knows without asking a database: who sits where, and the places they may go to."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kiban.web import navigation, typed
from kiban.web.frame import Frame


def frame(request: HttpRequest) -> dict[str, Any]:
    frame: Frame | None = getattr(request, "frame", None)
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
        ),
    }
