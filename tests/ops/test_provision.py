"""``kiban setup`` on a PostgreSQL server of one's own, as the accounts such a server has."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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
        environment = {
            name: value for name, value in os.environ.items() if name not in ("KIBAN_DATABASE", "KIBAN_PGHOST")
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        return subprocess.run(
            [sys.executable, "-m", "kiban.ops.cli", *arguments],
            env={**environment, "DATABASE_URL": url, "KIBAN_DATA": str(self.data), "KIBAN_PORT": port},
            capture_output=True,
            text=True,
            check=False,
        )


def programs(which: str) -> Path:
    """Where ``initdb`` and ``pg_ctl`` are: of the wheel, or Debian's."""
    return embedded.programs() if which == "wheel" else requirements.debian_server()


def account(which: str) -> str | None:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return None
    return "postgres" if which == "Debian" else "pgserver"


@pytest.fixture(params=["wheel", pytest.param("Debian", marks=pytest.mark.outside)])
def server(request) -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="kiban-own-"))  # short: a socket's path may have 107 bytes
    user = account(request.param)
    if user is not None:
        shutil.chown(folder, user)
    (folder / "pw").write_text("pw-admin\n")
    (folder / "pw").chmod(0o644)
    binaries = programs(request.param)

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


def test_set_up_by_an_account_that_may_make_roles_and_databases(server):
    server.admin("CREATE ROLE limited LOGIN CREATEROLE CREATEDB PASSWORD 'pw-limited'")
    url = server.url("limited", "kaigo")
    for _ in range(2):
        made = server.kiban(url, "setup")
        assert (made.returncode, made.stderr) == (0, "")
    looked = server.kiban(url, "doctor")
    assert (looked.returncode, looked.stderr) == (0, "")
    assert "grants.sql のとおりです" in looked.stdout


def test_set_up_by_a_superuser(server):
    url = server.url("admin", "kaigo")
    made = server.kiban(url, "setup")
    assert (made.returncode, made.stderr) == (0, "")
    assert server.kiban(url, "doctor").returncode == 0


def test_what_an_account_may_not_do_is_said_in_words(server):
    server.admin("CREATE ROLE visitor LOGIN PASSWORD 'pw-visitor'")
    refused = server.kiban(server.url("visitor", "kaigo"), "setup")
    assert refused.returncode == 1
    assert "権限が足りません" in refused.stderr
    assert "Traceback" not in refused.stderr
    wrong = server.kiban(server.url("admin", "kaigo").replace("pw-admin", "other"), "setup")
    assert wrong.returncode == 1
    assert "接続できません" in wrong.stderr
    assert "other" not in wrong.stderr
