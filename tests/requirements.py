"""What a test needs that is no Python package. Missing: the test is skipped with the reason in the summary.

In CI (``KIBAN_TEST_ALL=1``) everything must be there, so a missing thing is a failure and no skip goes unseen.
"""

from __future__ import annotations

import os
import shutil

import pytest


def needs(*programs: str) -> None:
    """Skip (or, in CI, fail) unless every program is on the PATH or in a system folder."""
    missing = [name for name in programs if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")]
    absent(f"not installed: {', '.join(missing)}", when=bool(missing))


def absent(reason: str, *, when: bool) -> None:
    """Skip with a reason (or, in CI, fail) when something is not there."""
    if when and os.environ.get("KIBAN_TEST_ALL") == "1":
        pytest.fail(reason)
    if when:
        pytest.skip(reason)
