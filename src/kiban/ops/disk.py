"""What is on the disk, and not only on its way there, when the power goes."""

from __future__ import annotations

import os
from pathlib import Path


def settle(folder: Path) -> None:
    """A name, new or changed, is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
