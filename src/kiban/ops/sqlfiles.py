"""SQL that lives in plain ``.sql`` files: run by migrations, read by auditors."""

from __future__ import annotations

from importlib.resources import files

from django.apps import apps
from django.db import migrations


def read(room: str, name: str) -> str:
    """Text of ``src/kiban/<room>/sql/<name>``."""
    return files(f"kiban.{room}").joinpath("sql", name).read_text(encoding="utf-8")


def run(room: str, name: str) -> migrations.RunSQL:
    """A migration operation that runs the file. There is no way back: nothing here is dropped by a command."""
    return migrations.RunSQL(read(room, name))


def functions() -> str:
    """The text of every SQL function, in the order of the rooms (``sql_functions = [...]`` on their ``AppConfig``).

    Tables change by migration; functions are code and are put in place as a whole (``kiban.ops.provision``).
    """
    return "\n".join(
        read(config.label, f"functions/{name}.sql")
        for config in apps.get_app_configs()
        for name in getattr(config, "sql_functions", ())
    )
