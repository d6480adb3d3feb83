"""Persons whose birth or sex is not known are people too: by file, by the four items, in the list and on their page."""

from __future__ import annotations

import pytest

from tests.intake.conftest import Desk


@pytest.mark.parametrize(
    ("birth", "kept"),
    [
        ("19400000", "1940"),
        ("19400400", "1940-04"),
        ("昭和15年不詳", "1940"),
        ("昭和15年4月不詳", "1940-04"),
        ("不詳", "unknown"),
        ("1940", "1940"),
    ],
)
def test_a_birth_that_is_known_in_part(desk: Desk, birth: str, kept: str) -> None:
    report = desk.bring("persons", desk.person(1, birth=birth, sex="9"))
    assert (report.exit_code, report.added) == (0, 1)
    row = desk.world.one("SELECT birth, birth_partial, sex FROM care.person WHERE insured_key = %s", desk.key(1))
    assert row == (None, kept, "9")
    assert desk.bring("persons", desk.person(1, birth=birth, sex="9"), desk.person(2)).unchanged == 1
    assert desk.bring("persons", desk.person(1, birth="1940-04-02", sex="1")).changed == 1
    row = desk.world.one("SELECT birth::text, birth_partial FROM care.person WHERE insured_key = %s", desk.key(1))
    assert row == ("1940-04-02", "")


@pytest.mark.parametrize(("birth", "died_on"), [("1940", "19391231"), ("3000", ""), ("昭和70年不詳", "")])
def test_what_cannot_be(desk: Desk, birth: str, died_on: str) -> None:
    assert desk.bring("persons", desk.person(1, birth=birth, died_on=died_on)).faulty == 1


def test_who_died_without_a_known_birth(desk: Desk) -> None:
    assert desk.bring("persons", desk.person(1, birth="不詳", died_on="20200101")).added == 1
