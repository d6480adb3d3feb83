"""Every command a newcomer is told to type, typed: those of the READMEs and of the guide, in their order, on one
installation of its own.

What is not run as it stands: ``python3 -m venv``, ``pip install`` and ``make`` (the tests run on what these made,
``make demo-check`` is a step of its own), the folder of ``KIBAN_DATA`` and the port, which are the test's.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import installation
from tests.serving import free_port
from tests.told import ROOT, blocks

ELSEWHERE = ("pip", "make", "python3")
pytestmark = pytest.mark.server


class Console:
    """A newcomer's console: what is exported stays, each command ends well or the test does."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.folder = folder
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("KIBAN_") and k != "DATABASE_URL"}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**inherited, "PATH": path, "KIBAN_PORT": str(free_port())}
        self.data = data

    def type(self, line: str) -> str:
        words = shlex.split(line)
        if words[0] == "export":
            self.environment |= dict(word.split("=", 1) for word in words[1:])
            return ""
        if words[0] in ELSEWHERE:
            return ""
        assert words[0] == "kiban", f"an unknown command: {line}"
        environment = {**self.environment, "KIBAN_DATA": str(self.data)}
        if words[1] == "serve":
            return self._serve([word if word != "8443" else environment["KIBAN_PORT"] for word in words], environment)
        done = subprocess.run(words, env=environment, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _serve(self, words: list[str], environment: dict[str, str]) -> str:
        with subprocess.Popen(
            words, env=environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None
            said = server.stdout.readline()
            server.send_signal(signal.SIGINT)
        assert "動いています" in said
        return said


@pytest.fixture(scope="module")
def data():
    with installation() as made:
        yield made.data


@pytest.mark.parametrize("page", ["README.ja.md", "README.md"])
def test_the_commands_of_an_installation_run_as_they_stand(page, data, tmp_path):
    console = Console(data, tmp_path)
    (installation,) = [lines for lines in blocks(page) if any("kiban setup" in line for line in lines)]
    told = {line: console.type(line) for line in installation}
    invited = next(text for line, text in told.items() if line.startswith("kiban begin"))
    assert re.search(r"https://kiban\.example\.jp:\d+/invitation/", invited), "the name others reach is in the letter"
    assert list(tmp_path.glob("terminal-*.p12"))


def test_the_commands_of_the_guide_run_as_they_stand(data, tmp_path):
    console = Console(data, tmp_path)
    console.type("kiban setup")
    console.type("kiban registry load")
    for layout, file in (("persons", "被保険者.csv"), ("certification.result", "認定結果.csv")):
        (tmp_path / file).write_text(console.type(f"kiban load --template {layout}"), encoding="utf-8")
    guide = [line for page in sorted((ROOT / "docs/guide").glob("*.md")) for lines in blocks(page) for line in lines]
    assert len(guide) >= 2
    for line in guide:
        console.type(line)


INSTALLATIONS = ["README.ja.md", "README.md", "docs/operation.ja.md", "docs/operation.md", "deploy/README.md"]


@pytest.mark.parametrize("page", INSTALLATIONS)
def test_a_place_of_its_own_is_made_before_anything_is_installed(page):
    """Without one today's Debian, Ubuntu and Homebrew refuse: externally-managed-environment."""
    lines = [line for lines in blocks(page) for line in lines]
    installing = next(number for number, line in enumerate(lines) if "pip install" in line)
    assert any("-m venv" in line for line in lines[: installing + 1])


@pytest.mark.parametrize("page", ["README.ja.md", "README.md", "docs/guide/00-first-day.md"])
def test_a_newcomer_is_told_that_the_municipality_begins_first(page):
    """Before its day, and without its data, no client can be registered: the first day would end there."""
    assert any(line.startswith("kiban insurer") for lines in blocks(page) for line in lines)
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "kiban load" in text or "07-load.md" in text
