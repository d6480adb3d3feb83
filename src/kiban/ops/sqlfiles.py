"""SQL that lives in plain ``.sql`` files: run by migrations, read by auditors."""

from __future__ import annotations

from importlib.resources import files

from django.db import migrations

from kiban.ops.room import rooms


def read(room: str, name: str) -> str:
    """Text of ``src/kiban/<room>/sql/<name>``."""
    return files(f"kiban.{room}").joinpath("sql", name).read_text(encoding="utf-8")


def run(room: str, name: str) -> migrations.RunSQL:
    """A migration operation that runs the file. There is no way back: nothing here is dropped by a command."""
    return migrations.RunSQL(read(room, name))


def functions() -> str:
    """The text of every SQL function, in the order of the rooms (``Room.sql_functions``).

    Tables change by migration; functions are code and are put in place as a whole (``kiban.ops.provision``).
    """
    texts = [read(room.label, f"functions/{name}.sql") for room in rooms() for name in room.sql_functions]
    return "\n".join([*texts, read("ops", "pins.sql")])
