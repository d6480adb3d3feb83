"""Killed at any moment and run again: the same final state. And memory that does not grow with the file."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiban.intake.layouts import layout
from kiban.intake.load import load_file
from tests.intake.conftest import Desk

ROOT = Path(__file__).parents[2]
LIMIT = 200  # MiB


def victim(path: Path, *how: object) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-W", "ignore", "-m", "tests.intake.victim", str(path), *map(str, how)]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def dirty_rows(desk: Desk) -> list[dict[str, str]]:
    """Corrections within the file, bad rows, unknown persons."""
    chance = random.Random(7)
    rows = []
    for position in range(400):
        row = desk.result(chance.randint(1, 60), history_no=str(chance.randint(1, 3)))
        row["care_level"] = chance.choice(["21", "22", "23", "99"])
        rows.append({**row, "board_opinion": "" if position % 3 else "特になし\n口腔機能"})
    return rows


def comparable(desk: Desk) -> str:
    """The state without the insurer's own number."""
    return repr(desk.state()).replace(desk.insurer, "insurer")


@pytest.mark.fault
@pytest.mark.parametrize("how", ["client", "backend"])
@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_and_run_again(desk: Desk, how: str, seed: int) -> None:
    twin = Desk(desk.world, desk.folder, desk.world.insurer())
    for one in (desk, twin):
        one.people(50)
    rows = dirty_rows(desk)
    load_file(twin.file(twin.text("certification.result", rows)))
    path = desk.file(desk.text("certification.result", rows))
    chance = random.Random(seed)
    kills = 0
    for _ in range(4):
        ended = victim(path, how, chance.randint(2, 45))
        if ended.returncode == 0:
            break
        assert ended.returncode == (-signal.SIGKILL if how == "client" else 1), ended.stderr
        kills += 1
    assert kills
    report = load_file(path)
    assert comparable(desk) == comparable(twin)
    assert load_file(path).added == 0
    counts = desk.world.one("SELECT rows, added, changed, unchanged FROM intake_load WHERE id = %s", report.load_id)
    assert counts[1] + counts[2] == len([row for row in desk.state() if row[0] == "record"])
    assert counts[0] == sum(counts[1:]) + 2 * report.faulty, "every row once, and the faulty ones once more"


@pytest.mark.fault
def test_killed_while_the_bad_rows_are_done_again(desk: Desk) -> None:
    rows = dirty_rows(desk)
    path = desk.file(desk.text("certification.result", rows))
    assert load_file(path).faulty == 400, "nobody is known yet"
    desk.people(50)
    twin = Desk(desk.world, desk.folder, desk.world.insurer())
    twin.people(50)
    load_file(twin.file(twin.text("certification.result", rows)))
    for call in (12, 21, 33):
        assert victim(path, "client", call).returncode == -signal.SIGKILL
    load_file(path)
    assert comparable(desk) == comparable(twin)


def unlike_each_other(desk: Desk) -> tuple[str, list[dict[str, str]]]:
    """Every value another one: nothing to remember."""
    return "persons", [
        desk.person(number, name=f"試験{number}", kana=f"シケン{number}", address=f"試験市{number}番地")
        for number in range(1, 60_001)
    ]


def long_texts(desk: Desk) -> tuple[str, list[dict[str, str]]]:
    names = [field.name for field in layout("certification.survey").fields if field.name.startswith("remarks_")]
    text = "あ" * 3990
    return "certification.survey", [
        {"insured_no": f"{number:010}", "surveyed_on": "20260401", **dict.fromkeys(names, f"{text}{number}")}
        for number in range(1, 1001)
    ]


def nothing_but_faults(desk: Desk) -> tuple[str, list[dict[str, str]]]:
    item = layout("opinion.opinion").fields
    return "opinion.opinion", [
        {"insured_no": f"{number:010}", **{field.name: f"\x01{number}" for field in item[3:]}}
        for number in range(1, 2001)
    ]


@pytest.mark.fault
@pytest.mark.parametrize("make", [unlike_each_other, long_texts, nothing_but_faults])
def test_memory_stays_below_the_limit(desk: Desk, make: Any) -> None:
    key, rows = make(desk)
    path = desk.file(desk.text(key, rows), encoding="cp932")
    ended = victim(path, "measure")
    assert ended.returncode == 0, ended.stderr
    report = json.loads(ended.stdout)
    assert report["rows"] == len(rows)
    assert report["peak"] < LIMIT
