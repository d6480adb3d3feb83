"""What anybody on the network can bring about goes into a log at a pace that cannot fill it."""

from __future__ import annotations

import time

SECONDS = 60.0


class OncePerMinute:
    """Says whether it is time for a line again, and how many were left out since the last one."""

    def __init__(self) -> None:
        self.next_at, self.left_out = float("-inf"), 0

    def may_speak(self) -> bool:
        if time.monotonic() < self.next_at:
            self.left_out += 1
            return False
        self.next_at = time.monotonic() + SECONDS
        self.left_out = 0
        return True
