"""担当 with their ends, and confirmations of identity, end in one state in whatever order rows and files come."""

from __future__ import annotations

import itertools

import pytest

from tests.intake.conftest import Desk
from tests.intake.said import day
from tests.world import days


@pytest.mark.parametrize("one_file", [True, False])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_an_end_that_is_known_stays_known(desk: Desk, order: tuple[int, ...], one_file: bool) -> None:
    desk.people(1)
    office = desk.world.organisation("43")
    row = {"insured_no": "0000000001", "number": office.number, "capacity": "plan"}
    rows = [
        {**row, "viewing_from": day(-90)},
        {**row, "viewing_from": day(-90), "viewing_until": day(-31)},
        {**row, "viewing_from": day(-30)},
    ]
    shuffled = [rows[at] for at in order]
    reports = [desk.bring("assignments", *part) for part in ([shuffled] if one_file else [[one] for one in shuffled])]
    assert all(report.exit_code == 0 for report in reports)
    assert sum(report.rows for report in reports) == 3
    assert desk.world.connection.execute(
        "SELECT viewing_from, viewing_to FROM care.assignment WHERE insured_key = %s ORDER BY viewing_from",
        [desk.key(1)],
    ).fetchall() == [(days(-90), days(-30)), (days(-30), None)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_latest_confirmation_stands(desk: Desk, order: tuple[int, ...]) -> None:
    desk.people(1)
    office = desk.world.organisation("43")
    for at in order:
        row = {"insured_no": "0000000001", "number": office.number, "confirmed_on": day(-at), "method": "card"}
        desk.bring("identity", {**row, "method": ["visual", "card", "card"][at]})
    assert (
        desk.world.one("SELECT (confirmed_on, method)::text FROM care.identity WHERE insured_key = %s", desk.key(1))
        == f"({day(0)},visual)"
    )
