"""What the pages on operation tell an operator to type about backups, typed, in its order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import installation

DOCS = Path(__file__).parent.parent.parent.parent / "docs"
BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"\S*kiban-\S*\.backup")


def told(page: str) -> list[str]:
    """The commands of a page, without their remarks."""
    lines = "\n".join(BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))).splitlines()
    without = [re.sub(r"\s+#\s.*", "", line).strip() for line in lines]
    return [line for line in without if line.startswith(("kiban backup", "kiban restore"))]


@pytest.mark.parametrize("page", ["operation.md", "operation.ja.md"])
def test_the_commands_run_as_they_stand(page, filled, tmp_path):
    """But for the places of the folder, of the key and of the file, which are the test's."""
    folder = tmp_path / "backups"
    folder.mkdir()
    typed = told(page)
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
