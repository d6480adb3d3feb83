"""Pages shown once: a password, a key, a letter, made by a POST that redirects to the page.

Between the two what is to be shown waits in the session, which is encrypted. The first GET takes it out: F5, Back and a
second window then find nothing, and make nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

KEY = "shown_once"  # in the session: page → what it shows
LASTS = dt.timedelta(minutes=10)
GONE = "その画面は一度だけ表示します。もう表示できません。"


def keep(request: HttpRequest, page: str, **what: Any) -> None:
    """Keep what a page is to show once.

    Args:
        page: the page's name; what it was to show before and was not fetched is gone.
        what: anything JSON knows.
    """
    request.session[KEY] = {
        **request.session.get(KEY, {}),
        page: {**what, "until": (timezone.now() + LASTS).isoformat()},
    }


def waiting(request: HttpRequest, page: str) -> dict[str, Any] | None:
    """What a page has yet to show, left where it is; ``None``: nothing, or no more."""
    kept: dict[str, Any] | None = request.session.get(KEY, {}).get(page)
    if kept is None or dt.datetime.fromisoformat(kept["until"]) < timezone.now():
        return None
    return kept


def take(request: HttpRequest, page: str, *, instead: str = "") -> dict[str, Any] | None:
    """What a page shows now, for the first and last time; ``None``: it was shown, and a message says so.

    Args:
        instead: what somebody does who still needs it, as a sentence; empty, where a page
            shows other things as well: no message.
    """
    kept = waiting(request, page)
    if page in request.session.get(KEY, {}):
        request.session[KEY] = {name: value for name, value in request.session[KEY].items() if name != page}
    if kept is None and instead:
        messages.warning(request, f"{GONE}{instead}")
    return kept
