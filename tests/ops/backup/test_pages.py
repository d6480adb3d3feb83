"""What the pages on operation tell an operator to type about backups, typed, in its order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.installation import installation
from tests.told import blocks

FILE = re.compile(r"\S*kiban-\S*\.backup")


@pytest.mark.parametrize("page", ["operation.md", "operation.ja.md"])
def test_the_commands_run_as_they_stand(page, filled, tmp_path):
    """But for the places of the folder, of the key and of the file, which are the test's."""
    folder = tmp_path / "backups"
    folder.mkdir()
    told = [line for lines in blocks(f"docs/{page}") for line in lines]
    typed = [line for line in told if line.startswith(("kiban backup", "kiban restore"))]
    assert [line.split()[1] for line in typed] == ["backup", "backup", "restore", "restore"]
    with filled.user(), installation() as empty:
        for line in typed:
            newest = max([path.name for path in folder.iterdir()], default="")
            here = FILE.sub(str(folder / newest), line.replace("/backup/kiban ", f"{folder} ").replace("/etc/", ""))
            where = empty if here.split()[1] == "restore" else filled
            done = subprocess.run(
                [sys.executable, "-m", "kiban.ops.cli", *shlex.split(here)[1:]],
                env=where.environment(PYTHONPATH=os.environ.get("PYTHONPATH", "")),
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, ""), here
        assert (empty.data / "secrets.json").exists()
