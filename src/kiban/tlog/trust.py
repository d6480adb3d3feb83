"""Which key may sign from where on: keys hand over, and who handed over signs no more."""

from __future__ import annotations

from collections.abc import Iterable


class Trust:
    """Goes along the heads in their order.

    Attributes:
        keys: those that may sign now (32 bytes each).
        has_begun: whether one of them has signed a head.
    """

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        self.keys = set(keys)
        self.has_begun = False
        self._seen: set[bytes] = set()

    def follows(self, signing: Iterable[bytes]) -> bool:
        """Whether one that may sign has signed the next head; a new key that signed beside it takes over from it.

        A key that was seen before is no new one: who stole a key that had handed over cannot come back with it.
        """
        signers = set(signing)
        is_good = bool(signers & self.keys)
        fresh = signers - self.keys - self._seen
        if is_good and fresh:
            self.keys = (self.keys - signers) | fresh
        self._seen |= signers
        self.has_begun |= is_good
        return is_good
