"""A small disk that can be filled."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.requirements import absent


@contextmanager
def small_disk(megabytes: int = 200) -> Iterator[Path]:
    """A disk of so many megabytes (tmpfs); only the superuser of the machine can mount one."""
    absent("mounting a small disk needs root", when=os.geteuid() != 0)
    folder = Path(tempfile.mkdtemp(prefix="kb"))
    size = f"size={megabytes}m,mode=755"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=False, capture_output=True
    )
    try:
        absent("this machine does not let us mount a tmpfs", when=mounted.returncode != 0)
        yield folder
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        folder.rmdir()


def fill(disk: Path) -> Path:
    """A file that takes all the space there is; its removal gives it back."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 10))
    return filler
