"""PostgreSQL's own programs that dump a database and read a dump: ours from the wheel, or those of the machine.

They write nothing of a row where they fail: from ``psql`` only the kind of the error is heard.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO, Any

from psycopg.conninfo import make_conninfo

from kiban.ops import database, embedded
from kiban.ops.backup.errors import BackupError, DamagedError
from kiban.ops.database import Role
from kiban.ops.embedded import wheel

PIECE = 1 << 18  # bytes
NAMES = ("pg_dump", "pg_restore", "psql")
SINCE_17 = b"SET transaction_timeout = 0;\n"  # in every dump of newer programs; older servers do not know it
HEAD_LINES = 60  # within which it stands
LOCK_WAIT = "300s"  # kiban setup may be changing tables; it does not take so long


def folder(server: int) -> Path:
    """The folder of programs that are not older than the server.

    Args:
        server: the server's version as it says itself (``150010``).

    Raises:
        BackupError: there are none.
    """
    with contextlib.suppress(embedded.EmbeddedUnavailableError):
        if wheel.version()[0] >= server // 10000:
            return wheel.programs()
    found = shutil.which("pg_dump")
    if found is not None and all((Path(found).parent / name).exists() for name in NAMES):
        said = subprocess.run([found, "--version"], check=False, capture_output=True, text=True).stdout
        number = re.search(r"\) ([0-9]+)", said)
        if number and int(number[1]) >= server // 10000:
            return Path(found).parent
    raise BackupError(
        f"PostgreSQL {server // 10000} 以降の pg_dump、pg_restore、psql が見つかりません。"
        f"データベースサーバと同じ版のもの(例 postgresql-client-{server // 10000})をこの機械に入れてください。"
    )


@contextmanager
def dumping(bins: Path, snapshot: str) -> Iterator[Iterator[bytes]]:
    """The dump of our database as it is in the snapshot, in pieces.

    Raises:
        BackupError: it fails, also in the middle.
    """
    arguments = ["--format=custom", "--compress=3", "--no-privileges", "--no-tablespaces", "--no-publications"]
    arguments += ["--no-subscriptions", "--no-security-labels", f"--lock-wait-timeout={LOCK_WAIT}"]
    with _begun(bins / "pg_dump", *arguments, f"--snapshot={snapshot}", *_where(None), out=True) as dump:
        yield iter(lambda: _out(dump).read(PIECE), b"")
        dump.end("データベースを写せませんでした")


def read_through(pieces: Iterator[bytes], bins: Path) -> None:
    """Have the dump read to its end, as for a restore, and nothing done with it.

    Raises:
        DamagedError: it cannot be read.
    """
    with _begun(bins / "pg_restore", "--file=/dev/null", into=True) as process:
        _feed(process.into, pieces)
        try:
            process.end("")
        except BackupError:
            raise DamagedError("データベースの部分をPostgreSQLが読めません") from None


def bring_in(pieces: Iterator[bytes], bins: Path, server: int, name: str) -> None:
    """Read the dump into the (empty) database of that name, as its owner.

    Raises:
        BackupError: it fails; what stands in the database then is not whole.
    """
    quiet = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=sqlstate"]
    restore = ["--file=-", "--no-owner", "--no-privileges", "--exit-on-error"]
    with (
        _begun(bins / "psql", *quiet, "--output=/dev/null", "--file=-", *_where(name), into=True) as psql,
        _begun(bins / "pg_restore", *restore, into=True, out=True) as script,
    ):
        failed: list[Exception] = []
        feeder = Thread(target=_feed_in_thread, args=(script.into, pieces, failed))
        feeder.start()
        is_through = False
        try:
            is_through = _hand_on(_out(script), psql.into, server)
        finally:
            if not is_through:
                script.process.kill()  # or it would wait for psql, and the thread for it
            feeder.join()
        if failed:
            raise failed[0]
        if is_through:
            script.end("データベースの部分を読めませんでした")
        psql.end("データベースに戻せませんでした")


class Begun:
    """A program that runs."""

    def __init__(self, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
        self.process, self.said = process, said

    @property
    def into(self) -> IO[bytes]:
        """Its standard input."""
        assert self.process.stdin is not None  # noqa: S101 - a pipe, as asked for
        return self.process.stdin

    def end(self, failed: str) -> None:
        """Wait for it.

        Raises:
            BackupError: it failed.
        """
        if self.process.wait() == 0:
            return
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").strip().splitlines()
        name = Path(str(self.process.args[0])).name if isinstance(self.process.args, list) else "psql"
        raise BackupError(f"{failed}({name}: {(lines or ['理由不明'])[0][:300]})。kiban doctor で確かめてください。")


@contextmanager
def _begun(program: Path, *arguments: str, into: bool = False, out: bool = False) -> Iterator[Begun]:
    """Run a program during the block; it does not outlive it."""
    pipe, none = subprocess.PIPE, subprocess.DEVNULL
    environment = {**os.environ, "LC_ALL": "C", **_password()}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(program), *arguments],
            stdin=pipe if into else none,
            stdout=pipe if out else none,
            stderr=said,
            env=environment,
        )
        try:
            yield Begun(process, said)
        finally:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            process.wait()


def _out(begun: Begun) -> IO[bytes]:
    assert begun.process.stdout is not None  # noqa: S101 - a pipe, as asked for
    return begun.process.stdout


def _feed(into: IO[bytes], pieces: Iterator[bytes]) -> None:
    """Give it everything, and the end of it; who does not want to hear more says by its exit code whether it could."""
    with contextlib.suppress(BrokenPipeError):
        for piece in pieces:
            into.write(piece)
        into.close()


def _feed_in_thread(into: IO[bytes], pieces: Iterator[bytes], failed: list[Exception]) -> None:
    try:
        _feed(into, pieces)
    except Exception as error:  # whatever it is, the thread that waits is told
        failed.append(error)
    finally:
        with contextlib.suppress(OSError):
            into.close()


def _hand_on(script: IO[bytes], into: IO[bytes], server: int) -> bool:
    """From ``pg_restore`` to ``psql``, without the line an older server does not know; whether ``psql`` took it all."""
    try:
        if server < 170000:
            for _ in range(HEAD_LINES):
                line = script.readline()
                if line != SINCE_17:
                    into.write(line)
        shutil.copyfileobj(script, into, PIECE)
        into.close()
    except BrokenPipeError:
        return False
    return True


def _where(name: str | None) -> list[str]:
    """Our database as its owner; without the password, which everybody on the machine could read there."""
    found: dict[str, Any] = dict(database.parameters(Role.OWNER, name))
    found.pop("password", None)
    return ["--no-password", f"--dbname={make_conninfo('', **found)}"]


def _password() -> dict[str, str]:
    found = database.parameters(Role.OWNER).get("password")
    return {"PGPASSWORD": str(found)} if found else {}
