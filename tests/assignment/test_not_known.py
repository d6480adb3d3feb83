"""Whose birth or sex is not known is registered by the four items like everybody, and is shown as what is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from kiban.terms.partial_days import PartialDay, age, in_words
from kiban.web.partial_dates import UNKNOWN_LABEL
from tests.assignment.typed import registration
from tests.cast import CARD, Cast, browser
from tests.pages import page, text
from tests.world import Person, days, office_number

pytestmark = pytest.mark.database


def age_in_words(birth: PartialDay) -> str:
    return "年齢不詳" if birth == "unknown" else f"{age(birth, days(0))}歳"


def born(town: Cast, birth: str) -> Person:
    """Somebody in the municipality's file, of whom this much is known; sex not known."""
    return town.world.person(town.insurer, "試験 不詳", birth=None, birth_partial=birth, sex="9")


def typed(person: Person, *parts: str, **more: str) -> dict[str, str]:
    era, year, month, day = (*parts, "", "", "", "")[:4]
    birth = {"birth_era": era, "birth_year": year, "birth_month": month, "birth_day": day}
    return {**registration(replace(person, birth=dt.date(1940, 4, 1))), **birth, "sex": "9", **more}


@pytest.mark.parametrize(
    ("birth", "parts"),
    [
        ("1940-04", ("昭和", "15", "4")),
        ("1940", ("昭和", "15")),
        ("1940", ("西暦", "1940")),
        ("unknown", ()),
    ],
)
def test_by_the_four_items(town: Cast, birth: str, parts: tuple[str, ...]) -> None:
    person = born(town, birth)
    client = browser(town.manager)
    answer = client.post("/people/register/", typed(person, *parts, birth_unknown="on"))
    assert answer.status_code == 302, text(answer)
    shown = text(client.get("/people/"))
    assert age_in_words(PartialDay(birth)) in shown
    town.world.consent(person)
    town.world.record(person, "insurance_card.card", CARD, valid_from=days(-200), valid_to=days(100))
    assert f"{in_words(PartialDay(birth))}生" in text(client.get(page(person)))


def test_a_day_that_was_forgotten_is_no_unknown_day(town: Cast) -> None:
    answer = browser(town.manager).post("/people/register/", typed(born(town, "1940-04"), "昭和", "15", "4"))
    assert answer.status_code == 422
    assert f"日を入れてください。分からない方は「{UNKNOWN_LABEL}」に印を付けます。" in text(answer)
    misses = town.world.one("SELECT count(*) FROM care.access_log WHERE account_id = %s", town.manager.account_id)
    assert misses == 0, "it was not asked, and is no miss"


def test_a_year_the_era_never_had_is_refused_on_the_form(town: Cast) -> None:
    client = browser(town.manager)
    whole = client.post("/people/register/", typed(born(town, "1940"), "昭和", "70", "1", "1"))
    part = client.post("/people/register/", typed(born(town, "1940"), "昭和", "70", birth_unknown="on"))
    for answer in (whole, part):
        assert answer.status_code == 422
        assert "昭和は64年までです。" in text(answer)


def test_another_birth_than_the_file_says_is_no_match(town: Cast) -> None:
    person = born(town, "1940-04")
    answer = browser(town.manager).post("/people/register/", typed(person, "昭和", "15", birth_unknown="on"))
    assert "合う方が見つかりません" in text(answer)


def test_a_letter_in_the_office_number_is_taken_over_the_form(town: Cast) -> None:
    receiver = town.world.organisation("AF", "46", number=office_number("A"))
    answer = browser(town.manager).post(
        page(town.person, "assignment/hand-over/"),
        {"to_number": receiver.number.lower(), "starts_on_era": "令和", "starts_on_year": "99"},
    )
    assert "10桁で入れてください" not in text(answer)
    wrong = browser(town.manager).post(page(town.person, "assignment/hand-over/"), {"to_number": "137000001"})
    assert "先頭の0が落ちた" in text(wrong)
