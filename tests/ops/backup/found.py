"""What stands in the database of an installation, and in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from kiban.ops import embedded
from tests.installation import Installation


def as_owner(made: Installation) -> psycopg.Connection[Any]:
    """Our database of an installation whose server runs."""
    state = embedded.state.read(made.data)
    assert state is not None
    return psycopg.connect(host=state.socket, port=embedded.PORT, user="kiban_owner", dbname="kiban", autocommit=True)


def numbers(connection: psycopg.Connection[Any], table: str) -> list[int]:
    return [n for (n,) in connection.execute(f"SELECT n FROM public.{table} ORDER BY n".encode())]


def one(connection: psycopg.Connection[Any], question: str) -> Any:
    row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def names(folder: Path) -> list[str]:
    """What lies in a folder, but the locks of the embedded server."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".pg.")) if folder.exists() else []
