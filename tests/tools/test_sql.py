"""The rules of our SQL, and that the check sees what breaks them."""

from pathlib import Path

import pytest
from tools.sql import faults

GOOD = """-- What a day falls in.
CREATE FUNCTION gate.day(p_on date) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT 'select from where'  -- select
$$;
"""


def check(tmp_path: Path, text: str) -> list[str]:
    folder = tmp_path / "functions"
    folder.mkdir()
    file = folder / "day.sql"
    file.write_text(text)
    return [fault.removeprefix(f"{file}:") for fault in faults(file)]


def test_words_in_quotes_and_comments_are_no_keywords(tmp_path):
    assert check(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (GOOD.replace("SELECT", "select"), "4: SELECT in small letters"),
        (GOOD.replace("-- select", "-- " + "x" * 120), "4: over 120 characters"),
        (GOOD.replace("  -- select", "\t-- select"), "4: a tab"),
        (GOOD.replace("p_on date)", "p_on date) "), None),
        (GOOD.replace("$$;\n", "$$;"), "5: does not end with one line break"),
        (GOOD.replace("$$;\n", "$$; \n"), "5: a blank at the end"),
        (GOOD.replace(" SET search_path = pg_catalog, pg_temp", ""), "2: gate.day says no search path"),
    ],
)
def test_each_rule(tmp_path, broken, told):
    found = check(tmp_path, broken)
    assert [fault[: len(told)] for fault in found] == [told] if told else found == []


def test_a_function_that_is_inlined_bound_or_called_inside_needs_no_search_path(tmp_path):
    open_ = GOOD.replace(" SET search_path = pg_catalog, pg_temp", "")
    inlined = open_.replace("in.", "in, inlined.") + open_.replace("in.", "in: the search path is its caller's.")
    bound = "CREATE FUNCTION gate.one() RETURNS integer LANGUAGE sql IMMUTABLE\nRETURN 1;\n"
    assert check(tmp_path, inlined + "\n" + bound) == []
