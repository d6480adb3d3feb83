"""Yen of a total in 第7表 may be cut on every line or once on the total; units have to add up exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.formats.careplan.layouts import Code, Kind
from tests.formats.careplan.making import changed, check

# 0-based places of a row of 第7表
CODE, OFFICE, UNITS, MANAGED, WITHIN, PRICE, COST, RATE, CLAIMED, BURDEN = 8, 6, 16, 17, 21, 22, 23, 24, 25, 27


def line(pattern: list[str], code: str, **amounts: object) -> list[str]:
    row = [*pattern]
    for at in range(UNITS, 32):
        row[at] = ""
    row[CODE] = code
    row[OFFICE] = "9999999999" if code == "999999" else row[OFFICE]
    for name, value in amounts.items():
        row[globals()[name]] = str(value)
    return row


def sheet(pattern: list[str], units: list[int], price: str, rate: int, *, style: str, off: int = 0) -> list[list[str]]:
    """One user's lines, subtotal and total. ``style``: yen added up from the lines, cut once, or cost added up."""
    rows, costs, claims = [], [], []
    for at, number in enumerate(units):
        costs.append(int(number * Decimal(price)))
        claims.append(costs[-1] * rate // 100)
        rows.append(
            line(pattern, f"1112{at + 10}", UNITS=number, MANAGED=number, WITHIN=number, PRICE=price, COST=costs[-1],
                 RATE=rate, CLAIMED=claims[-1], BURDEN=costs[-1] - claims[-1])
        )  # fmt: skip
    total = sum(units)
    cost = int(total * Decimal(price)) if style == "once" else sum(costs)
    claimed = sum(claims) if style == "lines" else cost * rate // 100
    claimed += off
    for code in ("11AAAA", "999999"):
        rows.append(line(pattern, code, MANAGED=total, WITHIN=total, COST=cost, CLAIMED=claimed, BURDEN=cost - claimed))
    return rows


def codes(units: list[int], price: str, rate: int, style: str, off: int = 0) -> list[Code]:
    def change(rows: list[list[str]]) -> None:
        rows[0:6] = sheet(rows[0], units, price, rate, style=style, off=off)

    return [finding.code for finding in check(changed(Kind.BENEFIT, change)).findings]


@pytest.mark.parametrize("style", ["lines", "cost", "once"])
def test_a_right_file_of_every_style_has_no_finding(style: str) -> None:
    """976 and 774 units at 11.40: 90 % of the lines' cost is 17,953, of their sum 17,954, and cut once 17,955."""
    assert codes([976, 774], "11.40", 90, style) == []


@given(
    units=st.lists(st.integers(1, 10_000), min_size=2, max_size=6),
    price=st.sampled_from(["10", "10.00", "10.21", "11.40", "11.05"]),
    rate=st.sampled_from([70, 80, 90, 100]),
    style=st.sampled_from(["lines", "cost", "once"]),
)
@settings(max_examples=25, deadline=None)
def test_every_amount_is_right_in_every_style(units: list[int], price: str, rate: int, style: str) -> None:
    assert codes(units, price, rate, style) == []
    assert Code.SUBTOTAL_WRONG in codes(units, price, rate, style, off=2 * len(units) + 2)


@pytest.mark.parametrize("off", [-1, 2])
def test_what_no_reading_gives_is_still_wrong(off: int) -> None:
    """17,953 and 17,954 of a cost of 19,949 are right; 17,952 and 17,955 are not."""
    assert codes([976, 774], "11.40", 90, "lines", off=off) == [Code.SUBTOTAL_WRONG]  # the total repeats it


def test_units_of_a_total_have_to_add_up() -> None:
    def change(rows: list[list[str]]) -> None:
        rows[0:6] = sheet(rows[0], [976, 774], "11.40", 90, style="lines")
        rows[2][WITHIN] = "1751"

    assert Code.SUBTOTAL_WRONG in [finding.code for finding in check(changed(Kind.BENEFIT, change)).findings]


def test_a_total_of_lines_without_subtotal_may_be_cut_once() -> None:
    """The grand total stands on its subtotals, on the lines, or is cut once a kind of service."""

    def change(rows: list[list[str]]) -> None:
        made = sheet(rows[0], [976, 774], "11.40", 90, style="lines")
        for row in made[2:]:
            row[CLAIMED], row[BURDEN] = ("17953", "1996") if row[CODE] == "11AAAA" else ("17954", "1995")
        rows[0:6] = made

    assert check(changed(Kind.BENEFIT, change)).findings == []
