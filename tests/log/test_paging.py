"""見た記録 goes back as far as there are rows; lists are folded by day; the insurer reads whose office it was."""

from __future__ import annotations

import re

import pytest

from kiban.gate import door
from kiban.log import acts
from kiban.log.reading import FoldedLists, LogRow
from tests.cast import Cast, browser
from tests.pages import page, text

pytestmark = pytest.mark.database
PURPOSE = "care_planning"


def opened(town: Cast, times: int, actor=None):
    for _ in range(times):
        door.open_records((actor or town.manager).caller, town.person.key, ["insurance_card.card"], PURPOSE)


def test_what_was_opened_long_ago_is_reached_page_by_page(town: Cast):
    opened(town, 7)
    numbers, until = [], None
    for offset in (0, 3, 6):
        reading = acts.who_opened(town.administrator.caller, town.person.key, PURPOSE, 3, offset=offset, until=until)
        assert reading.total == 7  # the readings themselves, which came after, shift nothing
        numbers += [row.id for row in reading.rows]
        until = reading.until
    assert len(numbers) == 7
    assert numbers == sorted(set(numbers), reverse=True)


def test_lists_are_folded_by_day_and_say_who_how_often(town: Cast):
    for actor, times in ((town.manager, 3), (town.administrator, 1)):
        for _ in range(times):
            door.list_people(actor.caller, PURPOSE)
    opened(town, 2)
    door.list_people(town.manager.caller, PURPOSE)
    rows = acts.who_opened(town.administrator.caller, town.person.key, PURPOSE).rows
    assert [type(row) for row in rows] == [LogRow, LogRow, FoldedLists]
    assert rows[-1].times == 5
    assert [(look.account, look.times) for look in rows[-1].looks] == [("試験 ケアマネ", 4), ("試験 管理者", 1)]


def test_each_day_has_a_row_of_its_own(town: Cast):
    door.list_people(town.manager.caller, PURPOSE)
    town.world.run(
        """UPDATE care.access_log SET at = at - interval '1 day', question_at = question_at - interval '1 day'
            WHERE id IN (SELECT id FROM care.access_log WHERE action = 'people:list')"""
    )
    opened(town, 1)
    door.list_people(town.manager.caller, PURPOSE)
    rows = acts.who_opened(town.administrator.caller, town.person.key, PURPOSE).rows
    assert [type(row) for row in rows] == [LogRow, FoldedLists, FoldedLists]
    assert [row.times for row in rows[1:]] == [1, 1]


def test_a_file_that_was_taken_along_is_not_folded(town: Cast):
    door.list_people(town.manager.caller, PURPOSE, export=True)
    (row,) = acts.who_opened(town.administrator.caller, town.person.key, PURPOSE).rows
    assert row.event.label == "一覧をファイル(CSV)に書き出した"


def test_the_page_goes_on_and_comes_back(town: Cast, monkeypatch):
    monkeypatch.setattr("kiban.log.pages.views.PAGE", 2)
    opened(town, 5)
    client = browser(town.administrator)
    first = text(client.get(page(town.person, "log/")))
    (after,) = re.findall(r'href="\?(until=\d+&amp;page=2)" rel="next"', first)
    second = text(client.get(page(town.person, "log/") + "?" + after.replace("&amp;", "&")))
    assert re.search(r'href="\?until=\d+&amp;page=2" aria-current="page"', second)
    shown = [set(re.findall(r'data-label="記録番号">(\d+)<', one)) for one in (first, second)]
    assert [len(one) for one in shown] == [2, 2]
    assert not shown[0] & shown[1]


@pytest.mark.parametrize("asked", ["page=x", "page=0", "page=99999999999999999999", "page=900", "until=x", "until=-1"])
def test_an_address_typed_by_hand_is_no_error(town: Cast, asked):
    assert browser(town.administrator).get(page(town.person, f"log/?{asked}")).status_code == 200


def test_the_insurer_reads_of_which_office_somebody_is(town: Cast):
    opened(town, 1)
    opened(town, 1, town.counselor)
    shown = text(browser(town.officer).get(page(town.person, "log/")))
    for actor in (town.manager, town.counselor):
        assert actor.organisation.name in shown
    assert "この事業所のだれが" not in shown
    own = text(browser(town.administrator).get(page(town.person, "log/")))
    assert "この事業所のだれが" in own
    assert town.counselor.name.replace(" ", "\u00a0") not in own
