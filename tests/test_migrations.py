"""Migrations: none missing, and none that would lock or break a running installation."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command


def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# Words changed once before log rows kept them for ever (docs/decisions.md): the server stands still while it runs.
RENAMED = ["0003_assignment", "0004_assignment"]
# They make tables in an empty database, or new ones: nothing to lock, no earlier version that could run beside them.
FIRST = ["0001_initial", "0002_person", "0002_gate", "0001_boxes", "0005_responsible", "0007_sealing"]
# An index made anew over a table of a few rows: locked for a moment.
SMALL = ["0007_tried_sign_ins"]
# What it held ends with the update anyway: everybody signs in once more.
ENDED = ["0009_session_memory"]


def test_the_migration_linter_is_content():
    said = StringIO()
    rooms = [config.label for config in apps.get_app_configs() if config.name.startswith("kiban.")]
    try:
        call_command(
            "lintmigrations",
            database="owner",
            include_apps=rooms,
            ignore_name=FIRST + RENAMED + SMALL + ENDED,
            no_cache=True,
            stdout=said,
        )
    except SystemExit as end:
        pytest.fail(f"{end.code}: {said.getvalue()}")
