"""Where an installation keeps what it writes: one data folder, ``KIBAN_DATA``."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """The data folder (``KIBAN_DATA``, else ``kiban-data`` in the current folder), absolute."""
    return Path(os.environ.get("KIBAN_DATA") or "kiban-data").expanduser().resolve()
