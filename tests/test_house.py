"""The house stays readable: small modules, small functions, and no test that other tests are built on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("src/kiban", "src/kiban_card", "src/kiban_exchange", "tests")
MOST_LINES = 400  # of a module
MOST_LINES_OF_A_FUNCTION = 60  # and of a test


@cache
def modules(folder: str) -> dict[str, str]:
    """The source of every module below the folder, by its path. Migrations stay as they were written."""
    paths = (path for path in (ROOT / folder).rglob("*.py") if path.parent.name != "migrations")
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(paths)}


def long_functions(source: str, most: int) -> Iterator[str]:
    """Functions with more lines than that, from ``def`` to their end: the cases of a parametrised test do not count."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > most:
                yield f"{node.name}: {lines} lines"


def imported(source: str) -> Iterator[str]:
    """Every module a source imports from or imports, with the names it takes out of it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def takes_from_a_test(source: str) -> list[str]:
    return [name for name in imported(source) if any(part.startswith("test_") for part in name.split("."))]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_module_is_long(folder):
    lines = {path: len(source.splitlines()) for path, source in modules(folder).items()}
    assert {path: many for path, many in lines.items() if many > MOST_LINES} == {}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_is_long(folder):
    found = {path: list(long_functions(source, MOST_LINES_OF_A_FUNCTION)) for path, source in modules(folder).items()}
    assert {path: names for path, names in found.items() if names} == {}


def test_what_tests_share_stands_in_a_module_of_its_own():
    found = {path: takes_from_a_test(source) for path, source in modules("tests").items()}
    assert {path: names for path, names in found.items() if names} == {}


def test_the_measures_measure():
    assert list(long_functions("def f():\n    a = 1\n    return a\n", 2)) == ["f: 3 lines"]
    assert list(long_functions("class A:\n    async def f(self):\n        a = 1\n        return a\n", 2)) == [
        "f: 3 lines"
    ]
    assert list(long_functions("@cases(\n    1,\n    2,\n)\ndef f():\n    return 1\n", 2)) == []
    assert takes_from_a_test("from tests.web.test_tags import sample") == ["tests.web.test_tags.sample"]
    assert takes_from_a_test("from tests.gate import acts\nimport tests.pages") == []
    assert all(modules(folder) for folder in FOLDERS)
