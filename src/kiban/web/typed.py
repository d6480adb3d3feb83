"""What was typed into a page when its screen locked: kept in the session, and put back when the page opens again.

The session is encrypted, and ends with the day. Only the page it was typed on gets it, once; a screen with several
windows keeps what each had. Passwords, files and numbers of twelve digits (an individual number exists nowhere) are
not kept.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils import timezone

KEY = "typed_in_windows"  # in the session: a list, the window that left first at its head
LASTS = dt.timedelta(hours=2)
MOST = 50_000  # characters of a page
WINDOWS = 6  # of which something is kept; the oldest falls out
LEFT_OUT = {"csrfmiddlewaretoken", "password", "new", "again", "old", "credential"}
TWELVE_DIGITS = re.compile(r"(?<!\d)(?:\d[\s-]?){11}\d(?!\d)")


def keep(request: HttpRequest, path: str, form: str, typed: str) -> None:
    """Keep what a page had typed in, beside what other windows left.

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
    until = (timezone.now() + LASTS).isoformat()
    left = {"path": path, "form": int(form), "entries": entries, "until": until}
    request.session[KEY] = [*request.session.get(KEY, []), left][-WINDOWS:]


def take(request: HttpRequest) -> dict[str, Any] | None:
    """What was typed on the page that opens now, for its script to put back; ``None``: nothing."""
    session = getattr(request, "session", None)
    # A page the gate alone decides about has not looked the session up: it is not looked up for this either.
    if session is None or not session.accessed or request.method != "GET" or KEY not in session:
        return None
    in_time = [left for left in session[KEY] if dt.datetime.fromisoformat(left["until"]) >= timezone.now()]
    mine = next((left for left in in_time if left["path"] == request.path), None)
    remaining = [left for left in in_time if left is not mine]
    if len(remaining) != len(session[KEY]):
        session[KEY] = remaining
    return mine and {"form": mine["form"], "entries": mine["entries"]}
