"""``postmaster.pid``: whether the process it names is this folder's PostgreSQL.

The file stays behind after a power cut, is copied with the folder, or is cut short; its number may then be any
program's. PostgreSQL itself looks only whether a process of that number is there, and refuses to start if so.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

import psutil

NAME = "postmaster.pid"
LONGEST = 16 * 1024  # bytes; a path has 4,096 at most
DIGITS = 18  # of a number; more are none that a system gives
APART = 60.0  # seconds between the start the file tells and the one the system tells: clocks are set


@dataclass(frozen=True)
class PidFile:
    """What stands in it; 0 and empty where it is cut short, unreadable or no ordinary file."""

    number: int = 0
    folder: str = ""
    started: int = 0  # seconds since 1970
    status: str = ""  # starting, ready, stopping

    @classmethod
    def of(cls, pgdata: Path) -> PidFile | None:
        """The file in a data folder; ``None`` when there is none."""
        path = pgdata / NAME
        try:
            if not stat.S_ISREG(path.lstat().st_mode):  # a pipe would have us wait for ever
                return cls()
            with path.open("rb") as file:
                lines = file.read(LONGEST).decode(errors="replace").splitlines()
        except FileNotFoundError:
            return None
        except OSError:
            return cls()
        lines += [""] * (8 - len(lines))
        return cls(_number(lines[0]), lines[1], _number(lines[2]), lines[7].strip())

    def process(self, pgdata: Path) -> psutil.Process | None:
        """The running PostgreSQL of this folder, or ``None``: by name, folder in its command, where it runs, and start.

        In doubt it is not ours, and no signal is sent to it: PostgreSQL refuses by itself to start beside another one
        on the same files.
        """
        try:
            found = psutil.Process(self.number)
            with found.oneshot():
                ours = (
                    self.number > 0
                    and found.name() == "postgres"
                    and found.status() != psutil.STATUS_ZOMBIE
                    and _is_same(self.folder, pgdata)
                    and _is_same(_argument_d(found.cmdline()), pgdata)
                    and abs(found.create_time() - self.started) <= APART
                )
            return found if ours and _is_same(_where(found), pgdata) else None
        except (psutil.Error, OSError):
            return None

    def why_stale(self, pgdata: Path) -> str:
        """In the operator's words, why it does not count; empty for the ordinary case that no such process is there."""
        if not self.number or not self.folder:
            return "postmaster.pid が途中で切れているか読めないので、使わずに起動します。"
        if not _is_same(self.folder, pgdata):
            return (
                "データの場所は、別の場所のものの写しのようです。写しに残っていた postmaster.pid は使わずに起動します。"
                "動いている間に写したものは、中身がそろっていないことがあります。"
            )
        if _runs(self.number):
            return f"postmaster.pid にある番号 {self.number} は、いまは別のプログラムのものなので、使わずに起動します。"
        return ""


def checkpointer(number: int) -> psutil.Process | None:
    """The process that writes a postmaster's pages; it is another one when all but the postmaster began anew.

    That is what PostgreSQL does when one of its processes dies. ``None`` while there is none, or none can be seen.
    """
    try:
        for process in psutil.Process(number).children():
            if "checkpointer" in " ".join(process.cmdline()):
                return process
    except psutil.Error:
        pass
    return None


def _runs(number: int) -> bool:
    """Whether a process has that number; one that has ended and was not yet waited for does not count."""
    try:
        return bool(psutil.Process(number).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _argument_d(command: list[str]) -> str:
    """The data folder in a command line of ``postgres``."""
    for argument, value in zip(command, [*command[1:], ""], strict=True):
        if argument == "-D":
            return value
    return ""


def _where(process: psutil.Process) -> str:
    """The folder it runs in: PostgreSQL goes into its data folder. Empty where the system does not tell."""
    try:
        return str(process.cwd())
    except psutil.AccessDenied:
        return ""


def _is_same(path: str, folder: Path) -> bool:
    try:
        return bool(path) and Path(path).samefile(folder)
    except (OSError, ValueError):  # of a byte no path may have
        return False


def _number(text: str) -> int:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS else 0
