"""``kiban backup`` and ``kiban restore`` with a PostgreSQL server of one's own, by an account that is no superuser."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kiban.ops.backup import marker
from tests.cluster import until
from tests.ops.backup.found import names
from tests.ops.own_server import BOTH, OwnServer, own_server

pytestmark = pytest.mark.database

DATABASES = "SELECT datname FROM pg_database WHERE datname LIKE 'k%' ORDER BY 1"


@pytest.fixture(scope="module", params=BOTH)
def server(request) -> Iterator[OwnServer]:
    with own_server(request.param) as made:
        made.admin("CREATE ROLE limited LOGIN CREATEROLE CREATEDB PASSWORD 'pw-limited'")
        yield made


@pytest.fixture
def url(server) -> Iterator[str]:
    """A server and a data folder that are set up, and afterwards empty again."""
    address = server.url("limited", "kaigo")
    made = server.kiban(address, "setup")
    assert (made.returncode, made.stderr) == (0, "")
    yield address
    forget(server)


def forget(server: OwnServer) -> None:
    """As after a fire."""
    for name in databases(server):
        server.admin(f"DROP DATABASE {name} WITH (FORCE)")
    shutil.rmtree(server.data, ignore_errors=True)


def databases(server: OwnServer) -> list[str]:
    with psycopg.connect(server.url("admin", "postgres")) as connection:
        return [name for (name,) in connection.execute(DATABASES)]


def backed_up(server: OwnServer, url: str, folder) -> str:
    done = server.kiban(url, "backup", str(folder), "--check")
    assert (done.returncode, done.stderr) == (0, "")
    (path,) = folder.iterdir()
    assert databases(server) == ["kaigo"], "nothing is left of the try"
    return str(path)


def test_there_and_back(server, url, tmp_path):
    path = backed_up(server, url, tmp_path)
    secrets = (server.data / "secrets.json").read_bytes()
    for name, words in (("kaigo", "データベース kaigo がすでにある"), ("other", "ほかの介護情報基盤")):
        shutil.rmtree(server.data, ignore_errors=True)
        refused = server.kiban(server.url("limited", name), "restore", path)
        assert (refused.returncode, words in refused.stderr) == (1, True)
        assert names(server.data) == []
        assert databases(server) == ["kaigo"]
    forget(server)
    done = server.kiban(url, "restore", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (server.data / "secrets.json").read_bytes() == secrets
    assert databases(server) == ["kaigo"]
    looked = server.kiban(url, "doctor")
    assert (looked.returncode, looked.stderr) == (0, "")


def test_a_backup_by_an_account_that_may_do_nothing(server, url, tmp_path):
    """The database's owner dumps it; only a try needs more."""
    server.admin("CREATE ROLE visitor LOGIN PASSWORD 'pw-visitor'")
    as_visitor = server.url("visitor", "kaigo")
    assert server.kiban(as_visitor, "backup", str(tmp_path)).returncode == 0
    (path,) = tmp_path.iterdir()
    refused = server.kiban(as_visitor, "backup", str(tmp_path), "--check")
    assert (refused.returncode, "権限がありません" in refused.stderr) == (1, True)
    assert names(tmp_path) == [path.name]
    forget(server)
    refused = server.kiban(as_visitor, "restore", str(path))
    assert (refused.returncode, "権限が足りません" in refused.stderr) == (1, True)
    assert names(server.data) == []
    server.admin("DROP ROLE visitor")


def is_free(data: Path) -> bool:
    """Whether nobody is restoring into the folder."""
    with (data / marker.NAME).open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.fault
@pytest.mark.parametrize("stage", ["データベースを戻しています。", "この版に合わせています(kiban setup)。"])
def test_a_restore_is_killed(server, url, tmp_path, stage):
    path = backed_up(server, url, tmp_path)
    forget(server)
    process = server.begin(url, "restore", path)
    assert process.stdout is not None
    assert any(line.strip() == stage for line in process.stdout)
    process.kill()
    process.communicate()
    assert marker.is_there(server.data)
    assert "kaigo" not in databases(server), "not under our name before it is whole"
    until(lambda: is_free(server.data), 60)  # the set-up it had begun goes on to its end and holds the marker so long
    again = server.kiban(url, "restore", path)
    assert (again.returncode, again.stderr) == (0, "")
    assert databases(server) == ["kaigo"]
    assert server.kiban(url, "doctor").returncode == 0
