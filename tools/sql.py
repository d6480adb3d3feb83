"""Check the SQL files; PostgreSQL itself parses them in the tests, so here stand the rules it does not know.

``python -m tools.sql [file or folder …]`` (default: ``src``). A formatter would undo the columns our SQL is aligned in,
so nothing is rewritten: at most 120 characters, no tabs, no blanks at an end, keywords in capitals, and every function
says its search path (unless it is planned where it is called, or is called by such functions only, which its comment
then says).
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

WIDTH = 120

# Words that are never names in our SQL, in functions (PL/pgSQL) too.
KEYWORDS = frozenset(
    """
    add all alter and any as between by case check collate column commit conflict constraint create cross
    declare default definer delete desc distinct do else elsif end except exception execute exists filter for
    foreach from function generated grant group if immutable in index inout insert into is join language lateral
    left like limit locked loop materialized not nothing null nulls on or order ordinality over partition
    perform primary procedure query raise references rename return returning returns revoke schema security
    select set setof skip stable strict table then to union unique update using values volatile when where while
    with
    """.split()  # noqa: SIM905 - one word a line would be a page
)
TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"[^"]*"|%\(\w+\)s|\w+(?:\.\w+)*|.""", re.DOTALL
)  # fmt: skip
HEAD = re.compile(
    r"(?P<comment>(?:^--[^\n]*\n)*)\n?"
    r"^CREATE (?:OR REPLACE )?FUNCTION (?P<name>[\w.]+)(?P<head>.*?)(?:\bAS \$|\bRETURN\b|;)",
    re.MULTILINE | re.DOTALL,
)

OPEN = re.compile(r"inline|search path is its caller's")


def spelling(text: str) -> Iterator[tuple[int, str]]:
    """Lines too long, tabs, blanks at an end, keywords in small letters: line number and what is wrong."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > WIDTH:
            yield number, f"over {WIDTH} characters"
        if "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "a blank at the end"
    number = 1
    for token in TOKEN.findall(text):
        if token in KEYWORDS:
            yield number, f"{token.upper()} in small letters"
        number += token.count("\n")


def open_paths(text: str) -> Iterator[tuple[int, str]]:
    """Functions that find their tables by the caller's search path. One with RETURN is bound when it is made."""
    for found in HEAD.finditer(text):
        is_bound = not found.group().endswith(("AS $", ";"))
        if is_bound or "SET search_path = " in found["head"] or OPEN.search(found["comment"]):
            continue
        number = text.count("\n", 0, found.start("name")) + 1
        yield number, f"{found['name']} says no search path, and no comment before it says why not"


def faults(file: Path) -> list[str]:
    """What is wrong with a file, each as ``file:line: words``. A function of a migration stays as it was made."""
    text = file.read_text(encoding="utf-8")
    found = [*spelling(text), *(open_paths(text) if file.parent.name == "functions" else ())]
    if not text.endswith("\n") or text.endswith("\n\n"):
        found.append((text.count("\n") + 1, "does not end with one line break"))
    return [f"{file}:{number}: {words}" for number, words in sorted(found)]


def main(arguments: list[str] | None = None) -> int:
    """Check every SQL file. Returns 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.sql", description=__doc__)
    parser.add_argument("places", nargs="*", type=Path, default=[Path("src")])
    options = parser.parse_args(arguments)
    files = sorted({f for p in options.places for f in ([p] if p.is_file() else p.rglob("*.sql"))})
    found = [fault for file in files for fault in faults(file)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
