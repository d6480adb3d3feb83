"""Keep the state of today as one to upgrade from: ``python -m tests.upgrade.keep VERSION`` at every release.

It makes an installation of its own, tells the story and writes ``tests/upgrade/VERSION.sql.xz``: tables, functions,
rights and rows as ``pg_dump`` gives them, without the public masters, which every set-up loads anew. The file is
restored through psycopg alone, on every supported PostgreSQL.
"""

from __future__ import annotations

import lzma
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

HERE = Path(__file__).parent
# What the story may leave empty: nothing of an installation's own is written there without a program of its own.
MAY_BE_EMPTY = {"otp_totp_totpdevice", "ops_dailystep", "gate_insurerdecision", "django_session"}
# Public lists, and what the frameworks keep.
NOT_OURS = ("registry_prefecture", "registry_municipality", "registry_insurer", "registry_migrateditem",
            "registry_servicekind", "registry_jobtype", "registry_office", "registry_medicalinstitution",
            "registry_masterload", "gate_cell", "gate_matrixversion", "django_", "auth_", "axes_")  # fmt: skip
# Of PostgreSQL 17 and later, and of psql.
NEWER = re.compile(r"^(SET transaction_timeout = .*|\\.*|--.*|)\n", re.MULTILINE)


def main(version: str, where: Path = HERE) -> None:
    """Write the file into the folder."""
    with tempfile.TemporaryDirectory(prefix="kiban-keep-") as folder:
        os.environ["KIBAN_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "kiban.ops.settings"
        for name in ("KIBAN_DATABASE", "DATABASE_URL", "KIBAN_PGHOST"):
            os.environ.pop(name, None)
        dump = made()
    (where / f"{version}.sql.xz").write_bytes(lzma.compress(dump.encode(), preset=9 | lzma.PRESET_EXTREME))


def made() -> str:
    """An installation with the story in it, as SQL."""
    import django

    from kiban.ops import database, embedded, secrets

    secrets.ensure()
    embedded.start()
    django.setup()
    from kiban.ops import provision, setup_steps
    from tests.upgrade import story
    from tests.world import World

    provision.provision()
    setup_steps.load_reference_data()
    world = World()
    story.tell(world)
    without_masters(world.connection)
    if unwritten := empty_tables(world.connection) - MAY_BE_EMPTY:
        sys.exit(f"The story writes nothing into {', '.join(sorted(unwritten))}: tell it (tests/upgrade/story.py).")
    where = database.parameters(None)
    dump = subprocess.run(
        [embedded.programs() / "pg_dump", "--inserts", "--rows-per-insert=500", "-h", where["host"], "-U",
         where["user"], where["dbname"]],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    return NEWER.sub("", dump)


def without_masters(connection: psycopg.Connection) -> None:
    """Public lists take nine tenths of the space and come back with every set-up."""
    connection.execute("DELETE FROM registry_migrateditem WHERE insurer_id IN "
                       "(SELECT id FROM registry_insurer WHERE number !~ '^9')")  # fmt: skip
    connection.execute("DELETE FROM registry_insurer WHERE number !~ '^9'")
    connection.execute("TRUNCATE registry_municipality, registry_masterload")


def own_tables(connection: psycopg.Connection) -> list[str]:
    """Tables of an installation's own: not the public masters, not Django's."""
    names = connection.execute(
        """SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ('public', 'care', 'gate')"""
    )
    return sorted(name for (name,) in names if not name.startswith(NOT_OURS))


def empty_tables(connection: psycopg.Connection) -> set[str]:
    """Those in which nothing stands."""
    names = own_tables(connection)
    return {name for name in names if not connection.execute(f"SELECT 1 FROM {name} LIMIT 1".encode()).fetchone()}


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
