"""What a test needs that is no Python package: programs, drivers, a server. Tests ask for them here and nowhere else.

* Missing: the test is skipped with the reason in the summary.
* ``KIBAN_TEST_ALL=1`` (CI): everything must be there, so a missing thing is a failure and no skip goes unseen.
* ``KIBAN_TEST_BARE=1``: every such thing counts as absent, as on a machine that has Python, make and a shell only. It
  wins over the other, and whoever runs a program without asking does not find it either.

A test that asks carries the mark ``outside`` (or ``browser``): so these can be run by themselves.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MARKS = ("outside", "browser")
SYSTEM = "/usr/sbin:/sbin"
DEBIAN_SERVERS = Path("/usr/lib/postgresql")
# What belongs to a shell and a system that runs at all, and what the embedded database needs to make itself an account.
BARE_PROGRAMS = (
    "sh bash env cat chmod chown cp grep head id ldconfig ls mkdir mount mv rm rmdir sed sleep sort tail true umount",
    "uname su runuser setpriv useradd groupadd usermod getent make",
)
asking: list[pytest.Item] = []  # the test that runs now


def is_bare() -> bool:
    """Whether everything counts as absent."""
    return os.environ.get("KIBAN_TEST_BARE") == "1"


def program(name: str) -> str:
    """Where a program is: on the PATH or in a system folder. Skips (or, in CI, fails) where it is not."""
    _is_marked()
    found = None if is_bare() else shutil.which(name, path=f"{os.environ['PATH']}:{SYSTEM}")
    absent(f"not installed: {name}", when=found is None)
    return found or name


def file(path: Path, what: str) -> Path:
    """A driver or a library at its place. Skips (or, in CI, fails) where it is not."""
    _is_marked()
    absent(f"not installed: {what}", when=is_bare() or not path.exists())
    return path


def debian_server() -> Path:
    """Folder with ``initdb`` and ``pg_ctl`` of the newest PostgreSQL of Debian's."""
    _is_marked()
    found = [] if is_bare() else sorted(DEBIAN_SERVERS.glob("*/bin"), key=lambda path: int(path.parent.name))
    absent(f"no PostgreSQL under {DEBIAN_SERVERS}", when=not found)
    return found[-1]


def absent(reason: str, *, when: bool) -> None:
    """Skip with a reason (or, in CI, fail) when something is not there."""
    if when and os.environ.get("KIBAN_TEST_ALL") == "1" and not is_bare():
        pytest.fail(reason)
    if when:
        pytest.skip(reason)


def without_programs() -> Iterator[None]:
    """As long as this lasts, the PATH leads to the shell's own programs only."""
    before = os.environ["PATH"]
    with tempfile.TemporaryDirectory(prefix="kiban-bare-") as folder:
        Path(folder).chmod(0o755)  # the database's account looks there as well
        for name in " ".join(BARE_PROGRAMS).split():
            if found := shutil.which(name, path=f"{before}:{SYSTEM}"):
                Path(folder, name).symlink_to(found)
        os.environ["PATH"] = folder
        yield
        os.environ["PATH"] = before


def _is_marked() -> None:
    if asking and not any(asking[-1].get_closest_marker(mark) for mark in MARKS):
        pytest.fail(f"{asking[-1].nodeid} needs something outside: mark it with pytest.mark.outside")
