"""A console that lacks a character, or does not listen: every command of ``kiban`` ends as on any other console."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from kiban.formats.careplan.layouts import samples


def kiban(*arguments: str, encoding: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "kiban.ops.cli", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding, **environment},
        capture_output=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A unit in which a name has a character MS932 does not have: the finding names it."""
    unit = samples.unit("schedule", samples.Scene(sequence="20260925090000"))
    name = next(file for file in unit if file.startswith("UPHOSOKU"))
    text = unit[name].decode("cp932").replace("花子", "𠮷子", 1)
    assert "𠮷" in text
    (tmp_path / name).write_bytes(text.encode())
    return tmp_path


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize("console", ["cp932", "ascii", "latin-1", "ascii:surrogateescape"])
def test_a_finding_about_the_character_itself(folder: Path, form: tuple[str, ...], console: str):
    full = kiban("exchange", "check", str(folder), *form, encoding="utf-8")
    seen = kiban("exchange", "check", str(folder), *form, encoding=console)
    assert seen.returncode == full.returncode != 0
    assert b"Traceback" not in seen.stderr
    assert b"U+20BB7" in seen.stdout
    assert b"U+20BB7" in full.stdout
    assert full.stdout.count(b"\n") == seen.stdout.count(b"\n")


@pytest.mark.parametrize("command", [("doctor",), ("--help",), ("nonsense",), ("exchange", "check", "𠮷.csv")])
def test_every_command_ends_as_elsewhere(command: tuple[str, ...], tmp_path: Path):
    data = tmp_path / "𠮷"  # the folder is named in what is written
    data.mkdir()
    full, seen = (
        kiban(*command, encoding=console, KIBAN_DATA=str(data), KIBAN_PORT="18999") for console in ("utf-8", "ascii")
    )
    assert (seen.returncode, b"Traceback" in seen.stderr) == (full.returncode, False)


def test_what_somebody_chose_stays():
    """Another stand-in than ours."""
    asks = "import sys; from kiban.ops import console; console.make_usable(); print(sys.stdout.errors)"
    told = subprocess.run(
        [sys.executable, "-c", asks],
        env={**os.environ, "PYTHONIOENCODING": "utf-8:backslashreplace"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "backslashreplace"


def test_what_is_said_is_not_held_back_where_nothing_is_to_be():
    asks = "import os; from kiban.ops import console; console.make_usable(); print('said'); os._exit(0)"
    told = subprocess.run(
        [sys.executable, "-c", asks],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "said\n"


def shell(line: str, data: Path) -> subprocess.CompletedProcess[str]:
    """``kiban`` in a shell's line, on a data folder that is not there."""
    kiban = f"{sys.executable} -m kiban.ops.cli"
    environment = {**os.environ, "KIBAN_DATA": str(data), "KIBAN_PORT": "18999"}
    line = line.replace("kiban", kiban)
    return subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("line", ["{} | true", "{} >&-", "{} >&- 2>&-", "{} <&-"])
@pytest.mark.parametrize("command", ["kiban doctor", "kiban doctor --json", "kiban", "kiban doctor --help"])
def test_a_console_that_does_not_listen_is_no_fault(command: str, line: str, tmp_path: Path):
    full = shell(command, tmp_path / "none")
    seen = shell(f"set -o pipefail; {line.format(command)}", tmp_path / "none")
    assert (seen.returncode, seen.stderr) == (full.returncode, full.stderr)


@pytest.mark.parametrize("typed", [(), ("help",), ("--help",)])
def test_the_command_alone_lists_what_is_ours_and_needs_nothing(typed: tuple[str, ...], tmp_path: Path):
    said = kiban(*typed, encoding="utf-8", KIBAN_DATA=str(tmp_path / "none"))
    lines = said.stdout.decode().splitlines()
    named = {line.split()[0] for line in lines if line.startswith("  ")}
    assert said.returncode == 0
    assert {"setup", "begin", "serve", "doctor", "load"} <= named
    assert not named & {"axes_reset", "createsuperuser", "collectstatic", "migrate"}
    assert not (tmp_path / "none").exists()


OURS = sorted(name for name, app in get_commands().items() if str(app).startswith("kiban."))
DJANGOS = ("--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "color", "--skip-checks")


def parsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """A command's parser, and those of what stands behind its first word."""
    yield parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for one in action.choices.values():
                yield from parsers(one)


@pytest.mark.parametrize("name", OURS)
def test_what_a_command_says_of_itself_is_in_our_words(name: str):
    command = load_command_class(get_commands()[name], name)
    for parser in parsers(command.create_parser("kiban", name)):
        said = parser.format_help()
        assert said.startswith("使い方: kiban ")
        assert "この説明を出す" in said
        assert not [option for option in DJANGOS if option in said]
        words = re.sub(r"kiban( [a-z-]+)+", "", said)  # a command to type is no English
        assert not re.findall(r"usage:|positional arguments|options:|show this|[a-z]+ [a-z]+ [a-z]+ [a-z]+", words), (
            said
        )


def test_no_code_is_cut_in_two(tmp_path: Path):
    said = kiban("begin", "--help", encoding="utf-8", COLUMNS="80", KIBAN_DATA=str(tmp_path / "none")).stdout.decode()
    for job in ("dentist(歯科医師)", "home_helper(訪問介護員)", "support_counselor(支援相談員)"):
        assert job in said


def test_what_is_not_listed_still_works(tmp_path: Path):
    said = kiban("begin", "--help", "--traceback", encoding="utf-8", KIBAN_DATA=str(tmp_path / "none"))
    assert said.returncode == 0
    assert said.stdout.decode().startswith("使い方: kiban begin")
    wrong = kiban("exchange", "nonsense", "--no-color", encoding="utf-8", KIBAN_DATA=str(tmp_path / "none"))
    assert wrong.returncode == 2
    assert wrong.stderr.decode().startswith("使い方: kiban exchange")
