"""How large a file may be: said beside its field before anything is sent, and known to the page's script."""

from __future__ import annotations

from django import forms

KB, MB = 1024, 1024 * 1024


def in_words(size: int) -> str:
    """``5MB``, ``1.9MB``, ``64KB``: of so many bytes, rounded down (a limit never promises more than is taken)."""
    if size < MB:
        return f"{size // KB}KB"
    return f"{size * 10 // MB / 10:.1f}MB".replace(".0MB", "MB")


def file_input(largest: int, accept: str, smaller: str) -> forms.ClearableFileInput:
    """A field for one file; ``static/kiban/upload.js`` shows its size as soon as it is chosen.

    Args:
        largest: bytes the field takes.
        accept: the endings, as HTML has them.
        smaller: what to do about a file that is larger, as a sentence.
    """
    return forms.ClearableFileInput({"accept": accept, "data-kb-most": largest, "data-kb-smaller": smaller})
