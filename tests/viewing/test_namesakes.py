"""People of one name can be told apart in every list, and long names break within the word."""

from __future__ import annotations

import pytest

from tests.cast import CARD, Cast, browser
from tests.pages import text
from tests.world import Person, days, hours

pytestmark = pytest.mark.database


def tail_of(person: Person) -> str:
    return person.insured_no[-4:]


@pytest.fixture
def twins(town: Cast) -> list[Person]:
    """Two people whose rows are the same to the letter, without a consent."""
    found = []
    for _ in range(2):
        twin = town.world.person(town.insurer, "試験 双子", kana="シケン フタゴ", kana_key="シケンフタゴ")
        town.world.in_charge(twin, town.office)
        town.world.record(twin, "insurance_card.card", CARD, valid_from=days(-200), valid_to=days(10))
        town.world.run("UPDATE care.assignment SET viewing_to = %s WHERE insured_key = %s", days(3), twin.key)
        found.append(twin)
    return found


def test_in_the_list_every_row_has_the_end_of_its_number(town: Cast, twins: list[Person]) -> None:
    shown = text(browser(town.manager).get("/people/"))
    for tail in map(tail_of, twins):
        assert shown.count(f"·····{tail}") == 1
    assert f"·····{town.person.insured_no[-4:]}" in shown


def test_on_the_first_page_namesakes_are_named_with_it(town: Cast, twins: list[Person]) -> None:
    shown = text(browser(town.manager).get("/"))
    for tail in map(tail_of, twins):
        assert f"(被保険者番号の末尾{tail})" in shown
    assert f"末尾{town.without_consent.insured_no[-4:]}" not in shown, "nobody else has that name"


def test_among_those_whose_period_ends(town: Cast, twins: list[Person]) -> None:
    for until in ("", "?until=next"):
        shown = text(browser(town.administrator).get(f"/people/lapsing/{until}"))
        if tail_of(twins[0]) in shown:
            assert all(f"·····{tail}" in shown for tail in map(tail_of, twins))
            return
    pytest.fail("nobody is on the list")


def test_in_the_openings_of_an_emergency(town: Cast, twins: list[Person]) -> None:
    for twin in twins:
        town.world.emergency(twin, town.manager, hours(-1), hours(1))
    shown = text(browser(town.administrator).get("/emergency/list/"))
    assert all(f"·····{tail}" in shown for tail in map(tail_of, twins))
