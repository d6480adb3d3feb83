"""Files of an insurer, one after the other: corrections of what came before, rows with faults, persons not known."""

from __future__ import annotations

import random
from pathlib import Path

from tests.intake.conftest import Desk
from tests.killing.place import LOADED

ROWS = 4000
HISTORIES = 6
LAYOUT = "certification.result"


def rows(desk: Desk, number: int) -> list[dict[str, str]]:
    """What the file of this number says; most of it is as in every other."""
    chance = random.Random(number)
    found = []
    for _ in range(ROWS):
        person, history = chance.randint(1, LOADED + 10), chance.randint(1, HISTORIES)
        level = chance.choice(["21", "22", "24", "99"]) if chance.random() < 0.1 else "23"
        found.append(desk.result(person, history_no=str(history), care_level=level))
    return found


def file(desk: Desk, number: int) -> Path:
    """The file, written when it is not there."""
    path = desk.folder / f"{number:04}.csv"
    return path if path.exists() else desk.file(desk.text(LAYOUT, rows(desk, number)), name=path.name)
