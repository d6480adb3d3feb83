"""What is signed, and what makes a challenge worth signing.

A challenge is one line of ASCII that the platform makes, and exactly these bytes are signed::

    kiban-card/1 <origin of the platform> <made at: seconds since 1970, ten digits> <nonce: 64 characters, base64url>

It begins with its purpose, so that the signature is of no use anywhere else. The client cannot know who made a
challenge; it looks at form, origin and time and never signs one twice. Session, terminal and single use are checked
by the platform, which alone can read the nonce.
"""

from __future__ import annotations

import re
import threading
import time

from kiban_card.problems import Code, ProblemError

FORM = re.compile(r"kiban-card/1 (https://[!-~]{1,300}) ([0-9]{10}) [A-Za-z0-9_-]{64}")
LASTS = 120  # seconds from making to signing
SKEW = 300  # seconds the clock of a terminal may be off; in the end the server's own clock decides


class Challenges:
    """Remembers what was signed for as long as it could still be taken for fresh. Safe for threads."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._signed: dict[str, float] = {}
        self._lock = threading.Lock()

    def check(self, challenge: str) -> None:
        """Raise ProblemError unless the challenge has the form, is for our origin, fresh and not signed before."""
        found = FORM.fullmatch(challenge)
        if found is None:
            raise ProblemError(Code.CHALLENGE_MALFORMED)
        if found[1] != self._origin:
            raise ProblemError(Code.CHALLENGE_OF_OTHER_SITE)
        if not -SKEW <= time.time() - int(found[2]) <= LASTS + SKEW:
            raise ProblemError(Code.CHALLENGE_NOT_FRESH)
        with self._lock:
            if challenge in self._signed:
                raise ProblemError(Code.CHALLENGE_USED)

    def signed(self, challenge: str) -> None:
        """This one is used up; those that have become too old anyway are forgotten."""
        now = time.time()
        with self._lock:
            self._signed = {text: until for text, until in self._signed.items() if until > now}
            self._signed[challenge] = now + LASTS + 2 * SKEW
