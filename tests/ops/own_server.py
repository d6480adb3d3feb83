"""A PostgreSQL server of one's own for a test: of the wheel's programs, or Debian's."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from kiban.ops import embedded
from tests import requirements


@dataclass
class OwnServer:
    """A PostgreSQL server that asks for passwords, as one in a server room does."""

    folder: Path
    data: Path

    def url(self, account: str, database: str) -> str:
        return f"postgresql://{account}:pw-{account}@{quote(str(self.folder), safe='')}/{database}"

    def admin(self, *statements: str) -> None:
        with psycopg.connect(self.url("admin", "postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def kiban(self, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The ``kiban`` command, to its end."""
        process = self.begin(url, *arguments)
        said, errors = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, said, errors)

    def begin(self, url: str, *arguments: str) -> subprocess.Popen[str]:
        """The ``kiban`` command, begun."""
        foreign = ("KIBAN_DATABASE", "KIBAN_PGHOST")
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        return subprocess.Popen(
            [sys.executable, "-m", "kiban.ops.cli", *arguments],
            env={**kept, "DATABASE_URL": url, "KIBAN_DATA": str(self.data), "KIBAN_PORT": port},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def programs(which: str) -> Path:
    """Where ``initdb`` and ``pg_ctl`` are: of the wheel, or Debian's."""
    return embedded.programs() if which == "wheel" else requirements.debian_server()


def account(which: str) -> str | None:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return None
    return "postgres" if which == "Debian" else "pgserver"


# The parameters of a fixture that yields ``own_server(request.param)``.
BOTH = ["wheel", pytest.param("Debian", marks=pytest.mark.outside)]


@contextmanager
def own_server(which: str) -> Iterator[OwnServer]:
    """A server that runs during the block: ``wheel`` or ``Debian``."""
    folder = Path(tempfile.mkdtemp(prefix="kiban-own-"))  # short: a socket's path may have 107 bytes
    user = account(which)
    if user is not None:
        shutil.chown(folder, user)
    (folder / "pw").write_text("pw-admin\n")
    (folder / "pw").chmod(0o644)
    binaries = programs(which)

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries / program), "-D", str(folder / "pg"), *arguments]
        home = pwd.getpwnam(user).pw_uid if user else None
        subprocess.run(command, user=home, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run("initdb", "-U", "admin", "-E", "UTF8", "--auth=scram-sha-256", f"--pwfile={folder / 'pw'}", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    try:
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield OwnServer(folder, folder / "data")
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)
