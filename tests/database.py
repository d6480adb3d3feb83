"""The tests' own database, set before Django reads its settings (loaded by ``-p tests.database``).

A run has a data folder and a server of its own, with settings of its own; both are gone when it ends, also by Ctrl+C.
(The server ends with the last process of the run even when that is killed; its folder is then taken away by the next
run.) Every worker process has a database of its own, copied from a template that is provisioned once a run exactly as
``kiban setup`` would. Tests do not share rows: each builds its own world under fresh numbers (tests/cast.py), so
nothing is rolled back or truncated, and the gate runs in autocommit as it does in service.
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
from pathlib import Path

import pytest

from kiban.ops import secrets

ROOT = Path(__file__).parent.parent
PLACE = Path(os.environ.get("KIBAN_TEST_RUNS") or ROOT / "var")  # of the data folders of runs
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
# Nobody depends on what is left of a test's database after a power cut.
SETTINGS = {"fsync": "off"}


def own_folder() -> str:
    """A data folder for this run; its workers find it in the environment."""
    PLACE.mkdir(exist_ok=True)
    return tempfile.mkdtemp(prefix="test-", dir=PLACE)


GIVEN = os.environ.get("KIBAN_TEST_DATA")
os.environ["KIBAN_TEST_DATA"] = os.environ["KIBAN_DATA"] = GIVEN or own_folder()
os.environ["KIBAN_DATABASE"] = "kiban_test_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
secrets.ensure()  # before the settings are read: this process and the servers it starts must know the same
TEMPLATE = "kiban_test_template"
os.environ.setdefault("KIBAN_OPENINGS_PER_MINUTE", "0")  # tests of the pace set one themselves
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}-{time.time_ns()}"


def pytest_configure(config: pytest.Config) -> None:
    from kiban.ops import database, embedded

    if not IS_WORKER:
        signal.signal(signal.SIGTERM, lambda _number, _frame: signal.raise_signal(signal.SIGINT))
        take_away_what_was_left()
    if database.is_embedded():
        embedded.start(**SETTINGS)


def pytest_unconfigure(config: pytest.Config) -> None:
    from django.db import connections

    from kiban.ops import embedded

    if GIVEN is None:
        connections.close_all()
        embedded.remove(Path(os.environ["KIBAN_DATA"]))


def take_away_what_was_left() -> None:
    """The folders of runs that were killed; a run that is still going holds its lock."""
    from kiban.ops import embedded

    for folder in PLACE.glob("test-*"):
        if folder != Path(os.environ["KIBAN_DATA"]) and is_old(folder) and not embedded.is_in_use(folder):
            embedded.remove(folder)


def is_old(folder: Path) -> bool:
    """Not of a run that has made its folder and not yet its lock."""
    with contextlib.suppress(FileNotFoundError):
        return time.time() - folder.stat().st_mtime > 60
    return False


def make_database() -> None:
    """Provision the template (first worker of the run) and copy it for this worker."""
    import fcntl

    from django.db import connections
    from psycopg import sql

    from kiban.ops import database, provision

    mine = os.environ["KIBAN_DATABASE"]
    with (Path(os.environ["KIBAN_DATA"]) / "template.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read() != RUN:
            drop(TEMPLATE)
            for alias in connections:
                connections[alias].close()
                connections[alias].settings_dict["NAME"] = TEMPLATE
            os.environ["KIBAN_DATABASE"] = TEMPLATE
            provision.provision()
            prepare_template()
            connections.close_all()
            os.environ["KIBAN_DATABASE"] = mine
            lock.seek(0)
            lock.truncate()
            lock.write(RUN)
            lock.flush()
        drop(mine)
        with database.connect(None, provision.maintenance_database()) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER kiban_owner TEMPLATE {}").format(
                    sql.Identifier(mine), sql.Identifier(TEMPLATE)
                )
            )
            connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(mine)))
            connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO kiban_worker").format(sql.Identifier(mine)))
    for alias in connections:
        connections[alias].settings_dict["NAME"] = mine


def prepare_template() -> None:
    """What every test may count on, as a fresh installation has it: code lists, the matrix, the authority."""
    from kiban.ops.setup_steps import load_reference_data, prepare

    load_reference_data()
    prepare()


def drop(name: str) -> None:
    from psycopg import sql

    from kiban.ops import database, provision

    with database.connect(None, provision.maintenance_database()) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
