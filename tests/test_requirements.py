"""A test that needs a program or a driver says so, in one place, and never errs for want of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import requirements

HERE = Path(__file__).parent
# Other ways to find or start a program than by asking; what every shell has beside it may be started by its name.
ANYWHERE = "|".join(" ".join(requirements.BARE_PROGRAMS).split())
UNASKED = re.compile(
    rf"""shutil\.which\(|executable_path=["']|(?:run|Popen|call|output)\(\s*\[\s*["'](?!(?:{ANYWHERE})["'])"""
)
NOWHERE = "no-such-program-of-kaigo-kiban"


@pytest.mark.outside
def test_what_is_missing_is_skipped_and_in_ci_a_failure(monkeypatch):
    monkeypatch.delenv("KIBAN_TEST_BARE", raising=False)
    monkeypatch.delenv("KIBAN_TEST_ALL", raising=False)
    assert Path(requirements.program("sh")).exists()
    for ask in (lambda: requirements.program(NOWHERE), lambda: requirements.file(HERE / NOWHERE, NOWHERE)):
        with pytest.raises(pytest.skip.Exception, match=f"not installed: {NOWHERE}"):
            ask()
        with monkeypatch.context() as in_ci, pytest.raises(pytest.fail.Exception, match=NOWHERE):
            in_ci.setenv("KIBAN_TEST_ALL", "1")
            ask()


@pytest.mark.outside
def test_bare_counts_everything_as_absent_also_in_ci(monkeypatch):
    monkeypatch.setenv("KIBAN_TEST_BARE", "1")
    monkeypatch.setenv("KIBAN_TEST_ALL", "1")
    for ask in (
        lambda: requirements.program("sh"),
        lambda: requirements.file(HERE, "this folder"),
        requirements.debian_server,
        lambda: requirements.absent("anything", when=True),
    ):
        with pytest.raises(pytest.skip.Exception):
            ask()


def test_bare_hides_what_is_here_by_chance():
    for _ in requirements.without_programs():
        assert subprocess.run(["sh", "-c", "exit 7"], check=False).returncode == 7
        assert [name for name in ("chromium", "nginx", "openssl", "python3", "psql") if shutil.which(name)] == []
    assert shutil.which("env")


def test_a_browser_test_without_a_browser_starts_nothing(tmp_path):
    """Neither server nor database: who is to be skipped is skipped first."""
    command = [sys.executable, "-m", "pytest", "--setup-show", "-p", "no:xdist", str(HERE / "browser" / "test_lock.py")]
    foreign = ("KIBAN_DATA", "KIBAN_TEST_DATA", "KIBAN_DATABASE")
    kept = {name: value for name, value in os.environ.items() if name not in foreign and not name.startswith("PYTEST_")}
    environment = {**kept, "KIBAN_TEST_BARE": "1", "KIBAN_TEST_RUNS": str(tmp_path / "runs")}
    done = subprocess.run(command, cwd=HERE.parent, env=environment, capture_output=True, text=True, check=False)
    assert re.search(r"=+ [0-9]+ skipped in", done.stdout), done.stdout + done.stderr
    assert "SETUP" not in done.stdout


def test_who_asks_without_the_mark_is_told():
    with pytest.raises(pytest.fail.Exception, match=r"test_requirements.py::test_who_asks.*mark it"):
        requirements.program("sh")


def test_programs_are_asked_for_in_one_place_only():
    found = [
        f"{path.relative_to(HERE)}: {match[0]!r}"
        for path in sorted(HERE.rglob("*.py"))
        if path.name not in ("requirements.py", "test_requirements.py")
        for match in UNASKED.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
