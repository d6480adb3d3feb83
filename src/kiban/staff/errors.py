"""What cannot be done about staff."""

from __future__ import annotations


class StaffError(ValueError):
    """Something that cannot be done, said in the user's words."""
