"""The ``kiban`` command as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.serving import free_port


def kiban(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator calls it, on a data folder of its own."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("KIBAN_DATABASE", "KIBAN_PGHOST")}
    if "DATABASE_URL" not in environment:
        inherited.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "kiban.ops.cli", *arguments],
        env={**inherited, "KIBAN_PORT": str(free_port()), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
