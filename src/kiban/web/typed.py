"""What was typed into a page when its screen locked: kept in the session, and put back when the page opens again.

The session is encrypted, and ends with the day. Only the page it was typed on gets it, once. Passwords, files and
numbers of twelve digits (an individual number exists nowhere) are not kept.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils import timezone

KEY = "typed_at_lock"  # in the session
LASTS = dt.timedelta(hours=2)
MOST = 50_000  # characters
LEFT_OUT = {"csrfmiddlewaretoken", "password", "new", "again", "old", "credential"}
TWELVE_DIGITS = re.compile(r"(?<!\d)(?:\d[\s-]?){11}\d(?!\d)")


def keep(request: HttpRequest, path: str, form: str, typed: str) -> None:
    """Keep what a page had typed in.

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
    request.session[KEY] = {"path": path, "form": int(form), "entries": entries, "until": until}


def take(request: HttpRequest) -> dict[str, Any] | None:
    """What was typed on the page that opens now, for its script to put back; ``None``: nothing."""
    session = getattr(request, "session", None)
    # A page the gate alone decides about has not looked the session up: it is not looked up for this either.
    if session is None or not session.accessed or request.method != "GET" or KEY not in session:
        return None
    kept: dict[str, Any] = session[KEY]
    is_over = dt.datetime.fromisoformat(kept["until"]) < timezone.now()
    if not is_over and kept["path"] != request.path:
        return None
    del session[KEY]
    return None if is_over else {"form": kept["form"], "entries": kept["entries"]}
