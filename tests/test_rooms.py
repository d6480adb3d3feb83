"""What a room may tell the house: only hooks that exist, and no hook that docs/architecture.md does not name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import AppConfig, apps

from kiban.ops.room import Room, rooms

ARCHITECTURE = Path(__file__).parent.parent / "docs" / "architecture.md"
OF_DJANGO = {*vars(AppConfig), "name", "label", "verbose_name", "default", "default_auto_field"}
COMMENT = re.compile(r"--[^\n]*")
HOOKS = {name for name in vars(Room) if not name.startswith("_")} - OF_DJANGO


def documented() -> set[str]:
    """The first column of the table of hooks."""
    section = ARCHITECTURE.read_text(encoding="utf-8").split("\n## Hooks\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)", section, re.MULTILINE))


def test_every_hook_is_documented_and_nothing_else():
    assert documented() == HOOKS


def test_every_package_of_the_house_is_a_room():
    house = [config for config in apps.get_app_configs() if config.name.startswith("kiban.")]
    assert house == list(rooms())
    assert len(house) > 10


@pytest.mark.parametrize("room", list(rooms()), ids=lambda room: room.label)
def test_a_room_says_nothing_the_house_does_not_ask(room):
    """A misspelt hook would never be called."""
    said = {name for name in vars(type(room)) if not name.startswith("_")}
    assert said <= HOOKS | OF_DJANGO


@pytest.mark.parametrize("room", list(rooms()), ids=lambda room: room.label)
def test_every_sql_function_file_is_named_by_its_room(room):
    """A file nobody names would never be put in place."""
    folder = Path(room.path) / "sql" / "functions"
    assert {path.stem for path in folder.glob("*.sql")} == set(room.sql_functions)


def functions(room: Room) -> dict[str, str]:
    """File → text, without comments."""
    folder = Path(room.path) / "sql" / "functions"
    return {name: COMMENT.sub("", (folder / f"{name}.sql").read_text(encoding="utf-8")) for name in room.sql_functions}


def owners() -> dict[str, str]:
    """Table of schema care → the room whose migrations made it."""
    found: dict[str, str] = {}
    for room in rooms():
        for path in sorted((Path(room.path) / "sql").glob("*.sql")):
            text = path.read_text(encoding="utf-8")
            found |= dict.fromkeys(re.findall(r"CREATE TABLE care\.(\w+)", text), room.label)
            found |= dict.fromkeys(re.findall(r"ALTER TABLE care\.\w+ RENAME TO (\w+)", text), room.label)
    return found


def test_sql_names_only_tables_of_its_room_and_of_rooms_below():
    floor = {room.label: number for number, room in enumerate(rooms())}
    made_by = owners()
    assert len(made_by) > 15
    for room in rooms():
        for name, text in functions(room).items():
            care = {made_by[table] for table in re.findall(r"\bcare\.(\w+)\b(?!\s*\()", text) if table in made_by}
            public = set(re.findall(r"\bpublic\.([a-z]+)_", text))
            above = {other for other in care | public if floor[other] > floor[room.label]}
            assert above == set(), f"{room.label}/sql/functions/{name}.sql names tables of rooms above"


def test_sql_calls_only_functions_of_its_room_and_of_rooms_below():
    """Set-up would not notice: what a body calls is looked up when it runs."""
    defined: set[str] = set()
    for room in rooms():
        texts = functions(room)
        tables = [path.read_text(encoding="utf-8") for path in (Path(room.path) / "sql").glob("*.sql")]
        defined |= {
            name
            for text in [*texts.values(), *tables]
            for name in re.findall(r"CREATE (?:FUNCTION|PROCEDURE|TYPE|TABLE) gate\.(\w+)", text)
        }
        for name, text in texts.items():
            unknown = set(re.findall(r"\bgate\.(\w+)", text)) - defined
            assert unknown == set(), f"{room.label}/sql/functions/{name}.sql calls functions of rooms above"
