"""第3表 as a grid: night services go on in the next morning, and what overlaps stands in one block."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiban.plans.week import HOURS, ROWS, Block, Entry, columns, row_of


def busy(blocks: list[Block]) -> list[str]:
    return [HOURS[row] for block in blocks for row in range(block.first, block.first + block.rows)]


def test_the_day_goes_from_four_to_four():
    assert (HOURS[0], HOURS[19], HOURS[20], HOURS[-1], len(HOURS)) == ("4:00", "23:00", "翌0:00", "翌3:00", ROWS)


def test_a_night_service_is_shaded_until_the_next_morning():
    days = columns([Entry(1, "2200", "0600", "夜間の見守り")])
    assert busy(days[0]) == ["22:00", "23:00", "翌0:00", "翌1:00", "翌2:00", "翌3:00"]
    assert busy(days[1]) == ["4:00", "5:00"]
    assert [len(blocks) for blocks in days] == [1, 1, 0, 0, 0, 0, 0]
    assert days[0][0].text == "22:00~6:00 夜間の見守り" and "~6:00" in days[1][0].text


def test_the_night_of_sunday_goes_on_on_monday():
    days = columns([Entry(7, "2330", "0700", "見守り")])
    assert busy(days[6])[0] == "23:00" and busy(days[0]) == ["4:00", "5:00", "6:00"]


def test_a_service_after_midnight_stands_where_the_night_before_goes_on():
    days = columns([Entry(2, "0100", "0130", "随時")])
    assert busy(days[0]) == ["翌1:00"] and days[1] == []


def test_what_overlaps_is_one_block_and_what_follows_is_another():
    monday = columns(
        [Entry(1, "0900", "1030", "訪問"), Entry(1, "1000", "1100", "看護"), Entry(1, "1100", "1200", "通所")]
    )[0]
    assert monday == [Block(5, 2, "9:00~10:30 訪問\n10:00~11:00 看護"), Block(7, 1, "11:00~12:00 通所")]


def test_without_an_end_it_is_the_hour_it_begins_in():
    assert busy(columns([Entry(2, "0930", "", "通所")])[1]) == ["9:00"]
    assert busy(columns([Entry(2, "0930", "0930", "通所")])[1]) == ["9:00"]


def test_the_end_of_the_day_and_times_that_are_none():
    assert busy(columns([Entry(3, "1800", "2400", "短期入所")])[2])[-1] == "23:00"
    assert columns([Entry(3, "9999", "", "時間なし")])[2] == [Block(0, 1, "時間なし")]
    assert columns([Entry(3, "²²²²", "①②③④", "見守り")])[2][0].first == 0
    assert row_of("1400") == 10 and row_of("9999") == 0


TIMES = st.builds(lambda hour, minute: f"{hour:02}{minute:02}", st.integers(0, 23), st.integers(0, 59))


@given(st.lists(st.builds(Entry, st.integers(1, 7), TIMES, TIMES, st.just("x")), max_size=12))
def test_blocks_never_overlap_and_every_hour_of_a_service_is_in_one(entries):
    days = columns(entries)
    for blocks in days:
        taken = busy(blocks)
        assert len(taken) == len(set(taken))
        assert all(block.first >= 0 and block.first + block.rows <= ROWS for block in blocks)
    assert sum(block.text.count("x") for blocks in days for block in blocks) == len(entries)
