"""A load in a process of its own, to be killed, or to have its memory measured.

``python -m tests.intake.victim FILE measure`` prints the report and the peak memory in MiB.
``python -m tests.intake.victim FILE client N`` kills this process (SIGKILL) at its N-th call to the database,
``… backend N`` ends its database backend instead.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kiban.ops.settings")
django.setup()

import psycopg  # noqa: E402

from kiban.intake import load, report_text, rows  # noqa: E402
from kiban.ops import database  # noqa: E402


def kill_at(call: int, how: str) -> None:
    """At the N-th call to the database from now."""
    calls = 0

    def counted(original: Any) -> Any:
        def wrapper(self: Any, *arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == call:
                if how == "client":
                    os.kill(os.getpid(), signal.SIGKILL)
                connection = self if isinstance(self, psycopg.Connection) else self.connection
                with database.connect(None) as judge:
                    original_execute(judge, "SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])
            return original(self, *arguments, **named)

        return wrapper

    original_execute = psycopg.Connection.execute
    psycopg.Connection.execute = counted(original_execute)  # type: ignore[method-assign]
    psycopg.Copy.write = counted(psycopg.Copy.write)  # type: ignore[method-assign]
    psycopg.Copy.write_row = counted(psycopg.Copy.write_row)  # type: ignore[method-assign]


def main() -> None:
    path, how, *more = sys.argv[1:]
    if how != "measure":
        load.ROWS, rows.BLOCK = 40, 1_000
        kill_at(int(more[0]), how)
    report = load.load_file(Path(path))
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak
    print(json.dumps({**report_text.as_json(report), "peak": int(peak[1]) / 1024}))


if __name__ == "__main__":
    main()
