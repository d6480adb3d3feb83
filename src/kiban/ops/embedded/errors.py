"""What keeps the embedded PostgreSQL from running, in the operator's words."""

from __future__ import annotations


class EmbeddedUnavailableError(RuntimeError):
    """The embedded server cannot be used; the message says in the operator's words why and what to do."""
