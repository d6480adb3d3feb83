"""「新しい版」 and 「記録なし」 at the kinds of a person's information: a logged reading, of what would be shown."""

from __future__ import annotations

import re

import pytest

from kiban.gate.events import Event
from kiban.viewing.marks import Mark, marks
from tests.cast import Cast, browser
from tests.gate.acts import PURPOSE, withdraw
from tests.pages import page, text
from tests.world import days, hours

KINDS = ["insurance_card", "certification", "opinion", "housing", "careplan", "life"]
RESULT = "certification.result"


def tabs(shown: str) -> dict[str, str]:
    """The words at each tab, by kind."""
    found = re.findall(r"/records/(\w+)/\"[^>]*>(.*?)</a>", shown[shown.index("kb-tabs") :], re.DOTALL)
    return {kind: " ".join(re.sub("<[^>]*>", "", words).split()) for kind, words in found if kind in KINDS}


def looked(town: Cast, actor, kind: str) -> None:
    assert browser(actor).get(page(town.person, f"records/{kind}/")).status_code in (200, 403)


def comes_in(town: Cast, item: str = RESULT) -> None:
    """A version of an item, newer than what there is."""
    number = 1 + town.world.one("SELECT count(*) FROM care.record WHERE insured_key = %s", town.person.key)
    town.world.record(town.person, item, {}, history_no=number, valid_from=days(-1))


def test_a_version_that_came_after_ones_last_look_is_marked_until_one_looks(town: Cast):
    client = browser(town.manager)
    comes_in(town)
    assert "新しい版" not in text(client.get(page(town.person))), "never looked at is not new"
    looked(town, town.manager, "certification")
    assert "新しい版" not in text(client.get(page(town.person)))
    comes_in(town)
    shown = tabs(text(client.get(page(town.person))))
    assert "新しい版" in shown["certification"]
    assert [kind for kind, words in shown.items() if "新しい版" in words] == ["certification"]
    looked(town, town.manager, "certification")
    assert "新しい版" not in text(client.get(page(town.person)))


def test_what_a_colleague_looked_at_is_still_new_to_oneself(town: Cast):
    looked(town, town.manager, "certification")
    comes_in(town)
    looked(town, town.administrator, "certification")
    assert "新しい版" in tabs(text(browser(town.manager).get(page(town.person))))["certification"]


def test_the_card_is_opened_with_every_page_and_still_new_until_its_own_tab_was(town: Cast):
    looked(town, town.manager, "insurance_card")
    looked(town, town.manager, "certification")
    comes_in(town, "insurance_card.card")
    looked(town, town.manager, "certification")  # the head of this page shows the card
    assert marks(town.manager.caller, town.person.key, PURPOSE).get("insurance_card") == Mark.NEW


def test_a_kind_of_which_there_is_nothing_says_so(town: Cast):
    client = browser(town.manager)
    shown = tabs(text(client.get(page(town.person))))
    assert "記録なし" in shown["opinion"]
    comes_in(town, "opinion.opinion")
    shown = tabs(text(client.get(page(town.person))))
    assert "記録なし" not in shown["opinion"] and "記録なし" in shown["careplan"]


def test_of_what_is_not_shown_nothing_is_told(town: Cast):
    assert marks(town.manager.caller, town.person.key, PURPOSE)["opinion"] == Mark.EMPTY
    assert "life" not in marks(town.manager.caller, town.person.key, PURPOSE), "not shown: it may be there or not"
    assert "opinion" not in marks(town.counselor.caller, town.person.key, PURPOSE)
    looked(town, town.manager, "certification")
    comes_in(town)
    withdraw(town.manager, town.person)
    assert marks(town.manager.caller, town.person.key, PURPOSE) == {}
    assert marks(town.elsewhere.caller, town.person.key, PURPOSE) == {}


@pytest.mark.parametrize("kind", [*KINDS, ""])
def test_arriving_asks_once_in_a_row_of_its_own_and_the_other_pages_lead_back(town: Cast, kind: str):
    shown = text(browser(town.manager).get(page(town.person, f"records/{kind}/" if kind else "")))
    events = [
        line["action"] for line in town.world.log(insured_key=town.person.key, account_id=town.manager.account_id)
    ]
    assert events == [Event.RECORD_OPEN, Event.RECORD_MARKS][: 1 if kind else 2]
    assert ("ほかの種類に新しい版がないか見る" in shown) == bool(kind)


def test_the_row_names_the_person_the_items_and_what_was_in_the_way(town: Cast):
    marks(town.counselor.caller, town.person.key, PURPOSE)
    (line,) = town.world.log(insured_key=town.person.key, account_id=town.counselor.account_id)
    assert line["action"] == Event.RECORD_MARKS and line["outcome"] == "allowed"
    assert any(word.startswith("-certification.survey|role:") for word in line["decisions"])
    assert line["assignment_id"] is not None
    marks(town.elsewhere.caller, town.person.key, PURPOSE)
    (line,) = town.world.log(insured_key=town.person.key, account_id=town.elsewhere.account_id)
    assert line["outcome"] == "denied" and line["decisions"] == ["-record:marks|assignment:none"]


def test_a_look_of_long_ago_does_not_count(town: Cast):
    looked(town, town.manager, "certification")
    comes_in(town)
    found = town.world.one(
        "SELECT count(*) FROM gate.last_opened(%s, %s, %s, %s)",
        town.person.key,
        town.manager.account_id,
        hours(1),
        hours(2),
    )
    assert found == 0
