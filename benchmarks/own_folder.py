"""A benchmark in a process and a data folder of its own: nothing of the machine's installation is touched."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What an operator may have set and a measurement must not see.
FOREIGN = ("DATABASE_URL", "KIBAN_DATABASE", "KIBAN_CARD_ANCHORS", "KIBAN_CARD_REVOCATION")


def run(module: str, *, quick: bool) -> list[dict[str, Any]]:
    """Run ``python -m module`` and take the JSON of its last line."""
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environment |= {"DJANGO_SETTINGS_MODULE": "kiban.ops.settings"}
    environment["KIBAN_OPENINGS_PER_MINUTE"] = "0"  # one session opens as fast as the machine can
    return list(json.loads(finished([module, *["--quick"] * quick], environment).splitlines()[-1]))


def finished(arguments: list[str], environment: dict[str, str]) -> str:
    """What ``python -m arguments`` prints, run on a data folder that is gone afterwards, as its database is.

    An interruption ends the measuring process in order, so that it can end what it started.
    """
    command = [sys.executable, "-W", "ignore", "-m", *arguments]
    with temporary_data() as folder:
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).parent.parent,
            env={**environment, "KIBAN_DATA": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            printed, _ = process.communicate()
        finally:
            process.terminate()
            process.wait()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        return printed


@contextmanager
def temporary_data() -> Iterator[Path]:
    """A data folder, taken away when the last process has done with its database."""
    from kiban.ops import embedded

    folder = Path(tempfile.mkdtemp(prefix="kb-"))
    try:
        yield folder
    finally:
        embedded.remove(folder)


def end_in_order() -> None:
    """From now on SIGTERM ends this process like Ctrl+C does: with all it started."""
    from kiban.ops import cli

    signal.signal(signal.SIGTERM, cli.end_in_order)


def set_up() -> None:
    """In that process: a fresh database with roles, tables, grants and code lists, and the authorities."""
    from kiban.ops import embedded, secrets

    end_in_order()
    embedded.start()
    secrets.ensure()  # before the settings read them
    import django

    django.setup()
    from kiban.ops import provision, setup_steps

    provision.provision()
    setup_steps.load_reference_data()
    setup_steps.prepare()
