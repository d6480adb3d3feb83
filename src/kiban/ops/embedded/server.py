"""One run of PostgreSQL on the data folder: started as a child of the keeper, waited for, stopped in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import psutil

from kiban.ops import reasons
from kiban.ops.embedded import account, folder, postmaster
from kiban.ops.embedded.errors import EmbeddedUnavailableError
from kiban.ops.embedded.postmaster import PidFile
from kiban.ops.embedded.wheel import programs

LOOK = 0.02  # seconds between two looks at a server that is starting
RECOVERY_IS_LONG = 3.0  # seconds after which the waiting operator is told why
STILL_ATTACHED = 30.0  # seconds the processes of a killed server may need to notice that it is gone
ORDERLY = 300.0  # seconds an orderly end may take: it writes to the disk all that is not there yet
SET_PDEATHSIG = 1  # PR_SET_PDEATHSIG

Say = Callable[[str], None]

# Not to be changed by a file in the data folder or by SQL.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "lc_messages": "C",
    "log_destination": "stderr",
    "logging_collector": "off",
    # Statements, and the details of errors, may hold what is about persons.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Server:
    """A running PostgreSQL. Only the keeper makes one, so there is never a second on the same files."""

    def __init__(self, pgdata: Path, owner: pwd.struct_passwd | None, settings: Mapping[str, str]) -> None:
        """Start the process; it does not accept connections yet.

        Raises:
            EmbeddedUnavailableError: the programs are missing, or the socket's folder is somebody else's.
            OSError: the process could not be made.
        """
        self.pgdata = pgdata
        self.socket = folder.socket_folder(pgdata, owner)
        folder.clear_socket(self.socket)
        log = pgdata / "log"
        with log.open("ab") as file:
            account.give(log, owner)
            log.chmod(0o600)
            self._log_from = file.tell()
            self.process = subprocess.Popen(
                [str(programs() / "postgres"), "-D", str(pgdata), "-p", str(folder.PORT), *self._options(settings)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd="/",
                env=folder.environment(),
                umask=0o077,
                start_new_session=True,
                preexec_fn=partial(_end_with, os.getpid()),  # noqa: PLW1509 - the keeper has one thread
                **folder.as_account(owner),
            )

    def _options(self, settings: Mapping[str, str]) -> list[str]:
        fixed = {
            **SETTINGS,
            "hba_file": str(self.pgdata / "pg_hba.conf"),
            "ident_file": str(self.pgdata / "pg_ident.conf"),
            "unix_socket_directories": '"{}"'.format(str(self.socket).replace('"', '""')),
        }
        return [word for name, value in {**settings, **fixed}.items() for word in ("-c", f"{name}={value}")]

    def wait_until_ready(self, say: Say) -> bool:
        """Wait while it starts and, after a power cut, recovers; returns whether it accepts connections now."""
        began, told = time.monotonic(), False
        while self.process.poll() is None:
            file = PidFile.of(self.pgdata)
            if file is not None and file.number == self.process.pid and file.status == "ready":
                return True
            if not told and time.monotonic() - began > RECOVERY_IS_LONG:
                say("データベースを復旧しています(前の停止が正しくなかったときに必要です)。終わるまでお待ちください。")
                told = True
            time.sleep(LOOK)
        return False

    def stop(self) -> None:
        """End it in order; at once, to be recovered at the next start, when that takes longer than ``ORDERLY``."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(ORDERLY)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()

    def log(self) -> str:
        """What this run has written into the log so far."""
        with (self.pgdata / "log").open("rb") as file:
            file.seek(self._log_from)
            return file.read().decode(errors="replace")


def launch(pgdata: Path, owner: pwd.struct_passwd | None, settings: Mapping[str, str], say: Say) -> tuple[Server, bool]:
    """Start PostgreSQL and wait until it accepts connections; returns it, and whether the last end was no orderly one.

    Raises:
        EmbeddedUnavailableError: it does not start; the message says why, as far as its log tells.
    """
    recovered = clear_away(pgdata, say)
    end = time.monotonic() + STILL_ATTACHED
    while True:
        try:
            server = Server(pgdata, owner, settings)
        except OSError as error:
            raise EmbeddedUnavailableError(why_not("", pgdata, error)) from error
        if server.wait_until_ready(say):
            return server, recovered
        said = server.log()
        if "pre-existing shared memory block" not in said or time.monotonic() > end:
            raise EmbeddedUnavailableError(why_not(said, pgdata))
        time.sleep(LOOK)


def clear_away(pgdata: Path, say: Say) -> bool:
    """What an earlier run left: end a server without a keeper, take a dead one's ``postmaster.pid`` away.

    Returns whether the server before had not ended in order.

    Raises:
        EmbeddedUnavailableError: the server without a keeper does not end, or what lies there cannot be taken away.
    """
    file = PidFile.of(pgdata)
    if file is None:
        return False
    process = file.process(pgdata)
    if process is not None:
        end_orphan(process)
        return (pgdata / postmaster.NAME).exists() and clear_away(pgdata, say)
    if why := file.why_stale(pgdata):
        say(why)
    try:
        (pgdata / postmaster.NAME).unlink(missing_ok=True)
    except OSError as error:  # a folder, or one of another account's
        raise EmbeddedUnavailableError(
            f"{pgdata / postmaster.NAME} を取り除けません({reasons.of(error)})。"
            "PostgreSQLのものではないので、別の場所に移してから、もう一度実行してください。"
        ) from error
    return True


def end_orphan(process: psutil.Process) -> None:
    """End, in order, this folder's own server whose keeper was killed or never was (an older version's).

    Raises:
        EmbeddedUnavailableError: it does not end.
    """
    try:
        process.send_signal(signal.SIGINT)  # psutil asks first whether the number is still that process
        process.wait(ORDERLY)
    except psutil.NoSuchProcess:
        return
    except (psutil.TimeoutExpired, psutil.AccessDenied) as error:
        raise EmbeddedUnavailableError(
            f"前から動いている組み込みPostgreSQL(プロセス番号{process.pid})が終わりません。"
            "動かしたアカウントでそれを終了してから、もう一度実行してください。"
        ) from error


def why_not(said: str, pgdata: Path, error: Exception | None = None) -> str:
    """Why PostgreSQL did not start, in the operator's words, from what it wrote into its log."""
    words = f"{said} {error or ''}"
    if "No space left on device" in words or "Disk quota exceeded" in words:
        return f"ディスクがいっぱいのため、組み込みPostgreSQLを動かせません。{pgdata} に空きを作ってください。"
    if "Permission denied" in words or "wrong ownership" in words:
        return (
            f"組み込みPostgreSQLが {pgdata} を読み書きできません。フォルダと中のファイルの持ち主を、"
            "介護情報基盤を動かすアカウントにしてください。"
        )
    if "pre-existing shared memory block" in words:
        return (
            f"{pgdata} を使う別のPostgreSQLがまだ動いているため、組み込みPostgreSQLを動かせません。"
            "それを終了してから、もう一度実行してください。"
        )
    return f"組み込みPostgreSQLを動かせません。記録 {pgdata / 'log'} の最後の行と、ディスクの空きを確かめてください。"


def _end_with(keeper: int) -> None:
    """Have Linux tell PostgreSQL to end in order when the keeper is killed. (Elsewhere the next keeper ends it.)"""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != keeper:  # killed before that
            os._exit(1)
