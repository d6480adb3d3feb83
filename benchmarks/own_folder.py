"""A benchmark in a process and a data folder of its own: nothing of the machine's installation is touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# What an operator may have set and a measurement must not see.
FOREIGN = ("DATABASE_URL", "KIBAN_DATABASE", "KIBAN_CARD_ANCHORS", "KIBAN_CARD_REVOCATION")


def run(module: str, *, quick: bool) -> list[dict[str, Any]]:
    """Run ``python -m module`` and take the JSON of its last line."""
    with tempfile.TemporaryDirectory(prefix="kb-") as folder:
        Path(folder).chmod(0o755)
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environment |= {"KIBAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "kiban.ops.settings"}
        environment["KIBAN_OPENINGS_PER_MINUTE"] = "0"  # one session opens as fast as the machine can
        arguments = [sys.executable, "-W", "ignore", "-m", module, *["--quick"] * quick]
        root = Path(__file__).parent.parent
        done = subprocess.run(arguments, cwd=root, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return list(json.loads(done.stdout.splitlines()[-1]))


def set_up() -> None:
    """In that process: a fresh database with roles, tables, grants and code lists, and the authorities."""
    from kiban.ops import embedded, secrets

    embedded.start()
    secrets.ensure()  # before the settings read them
    import django

    django.setup()
    from kiban.ops import provision, setup_steps

    provision.provision()
    setup_steps.load_reference_data()
    setup_steps.prepare()
