"""What was typed into pages when their screen locked: kept in the session, and put back when a page opens again.

The session is encrypted, and ends with the day. Only the page it was typed on gets it, once; every window that was open
keeps its own. Passwords, files and numbers of twelve digits (an individual number exists nowhere) are not kept.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

# In the session, one key a window: two windows that lock in the same moment do not overwrite each other.
KEY = "typed_at_lock:"
LASTS = dt.timedelta(hours=2)
MOST = 300_000  # characters as they are sent: a plan of three sheets is the longest
MOST_WINDOWS = 8
LEFT_OUT = {"csrfmiddlewaretoken", "password", "new", "again", "old", "credential"}
TWELVE_DIGITS = re.compile(r"(?<!\d)(?:\d[\s-]?){11}\d(?!\d)")


def keep(request: HttpRequest, path: str, form: str, typed: str) -> None:
    """Keep what a page had typed in; of more than ``MOST_WINDOWS`` pages, the latest.

    Args:
        path: the page.
        form: which form of the page, as its script counts them.
        typed: the form's entries as ``application/x-www-form-urlencoded``.
    """
    if not typed or len(typed) > MOST or not form.isdecimal():
        return
    entries = [
        [name, value]
        for name, value in parse_qsl(typed, keep_blank_values=True)
        if name not in LEFT_OUT and not TWELVE_DIGITS.search(unicodedata.normalize("NFKC", value))
    ]
    for old in _kept(request)[: 1 - MOST_WINDOWS]:
        del request.session[old]
    until = (timezone.now() + LASTS).isoformat()
    window = KEY + get_random_string(12)
    request.session[window] = {"path": path, "form": int(form), "entries": entries, "until": until}


def take(request: HttpRequest) -> dict[str, Any] | None:
    """What was typed on the page that opens now, for its script to put back; ``None``: nothing."""
    session = getattr(request, "session", None)
    # A page the gate alone decides about has not looked the session up: it is not looked up for this either.
    if session is None or not session.accessed or request.method != "GET":
        return None
    for window in _kept(request):
        kept: dict[str, Any] = session[window]
        if dt.datetime.fromisoformat(kept["until"]) < timezone.now():
            del session[window]
        elif kept["path"] == request.path:
            del session[window]
            return {"form": kept["form"], "entries": kept["entries"]}
    return None


def _kept(request: HttpRequest) -> list[str]:
    """The session's keys of what is kept, the oldest first."""
    mine = [name for name in request.session.keys() if name.startswith(KEY)]  # noqa: SIM118 - a session is no dict
    return sorted(mine, key=lambda name: str(request.session[name]["until"]))
