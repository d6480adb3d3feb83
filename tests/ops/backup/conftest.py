from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation, installation
from tests.ops.backup.found import as_owner

# What is to be found again: somebody who is signed in, a row of the access log, and two tables that are only ever
# written to together.
CONTENTS = """
INSERT INTO staff_session (session_key, expire_date, certificate_fingerprint)
VALUES (repeat('a', 64), now() + interval '1 day', '');
INSERT INTO care.access_log
       (insured_key, at, id, xid, action, persons, standing, decisions, detail, outcome, salt, leaf)
VALUES (0, now(), nextval('care.access_log_id'), pg_current_xact_id(), 'open', '{}', '{}', '{}', '', 'denied', '',
        sha256(''));
UPDATE care.access_log AS r SET leaf = sha256('\\x00'::bytea || convert_to(gate.canonical(r), 'UTF8'));
CREATE TABLE public.one_side (n integer);
CREATE TABLE public.other_side (n integer);
"""


@pytest.fixture(scope="session")
def prepared() -> Iterator[Path]:
    """The data folder of an installation that is set up, with something in it, and does not run."""
    with installation() as made:
        assert made.kiban("setup").returncode == 0
        with made.user(), as_owner(made) as connection:
            connection.execute(CONTENTS.encode())
        yield made.data


@pytest.fixture
def filled(prepared) -> Iterator[Installation]:
    """A copy of it."""
    with installation(copied_from=prepared) as made:
        yield made


@pytest.fixture(scope="session")
def backup(prepared, tmp_path_factory) -> Path:
    """A backup of it, in clear."""
    folder = tmp_path_factory.mktemp("backup")
    with installation(copied_from=prepared) as made:
        done = made.kiban("backup", str(folder))
        assert (done.returncode, done.stderr) == (0, "")
    (found,) = folder.iterdir()
    return found
