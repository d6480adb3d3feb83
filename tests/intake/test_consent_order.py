"""Consents, withdrawals and refusals end in the state their own days say, in whatever order rows and files come.

Nothing is lost: a row is counted as added or changed the first time, as unchanged when it is known, or it is a fault.
"""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.intake.conftest import Desk
from tests.intake.said import give, in_force, withdraw
from tests.world import days

Word = tuple[str, int]  # give, withdraw, refuse · day


def state(desk: Desk, number: int = 1) -> str:
    return str(desk.world.one("SELECT gate.consent_state(%s, %s)", desk.key(number), days(0)))


def expected(words: list[Word]) -> str:
    """The model: the last day that something was said on; yes and no on one day is no."""
    gives = [day for act, day in words if act == "give"]
    noes = [day for act, day in words if act != "give"]
    if any(act == "refuse" and day >= max(gives, default=-999) for act, day in words):
        return "refused"
    if not gives:
        return "none"
    return "given" if max(gives) > max(noes, default=-999) else "withdrawn"


def rows(words: list[Word], number: int = 1) -> list[dict[str, str]]:
    made = [give(day) if act == "give" else withdraw(day) for act, day in words]
    return [{**row, "insured_no": f"{number:010}"} for row in made]


def refuse(desk: Desk, day: int, number: int = 1) -> None:
    """As a page records it, which ends the consent in force."""
    desk.world.run(
        "UPDATE care.consent SET withdrawn_at = clock_timestamp(), withdrawn_on = %s"
        " WHERE insured_key = %s AND withdrawn_at IS NULL",
        days(day),
        desk.key(number),
    )
    desk.world.run(
        "INSERT INTO care.refusal (insured_key, refused_on, text_version, signer, signer_name, witness, channel, note,"
        " organisation_id, recorded_by) VALUES (%s, %s, 't', 'self', '', '', 'meeting', '', 1, 0)"
        " ON CONFLICT (insured_key) WHERE ended_at IS NULL DO NOTHING",
        desk.key(number),
        days(day),
    )


def test_the_case_that_was_reported(desk: Desk) -> None:
    """Given 60 days ago, taken back 9 days ago, given again 4 days ago; loaded today."""
    desk.people(2)
    desk.bring("consents", *rows([("give", -60)], 1), *rows([("give", -60)], 2))
    desk.bring("consents", *rows([("withdraw", -9)]))
    assert desk.bring("consents", *rows([("give", -4)])).exit_code == 0
    newest_first = desk.bring("consents", *rows([("give", -4), ("withdraw", -9)], 2))
    assert (newest_first.exit_code, newest_first.added, newest_first.changed) == (0, 1, 1)
    for number in (1, 2):
        assert state(desk, number) == "given"
        assert desk.world.one(
            "SELECT array_agg((given_on, withdrawn_on)::text ORDER BY given_on) FROM care.consent"
            " WHERE insured_key = %s",
            desk.key(number),
        ) == [f"({days(-60)},{days(-9)})", f"({days(-4)},)"]
    again = desk.bring("consents", *rows([("withdraw", -9), ("give", -4)], 2))
    assert (again.unchanged, state(desk, 2)) == (2, "given")


@pytest.mark.parametrize("order", list(itertools.permutations([("give", -60), ("withdraw", -9), ("give", -4)])))
def test_every_order_of_files(desk: Desk, order: tuple[Word, ...]) -> None:
    desk.people(1)
    reports = [desk.bring("consents", *rows([word])) for word in order]
    assert state(desk) == "given"
    assert sum(report.added + report.changed + report.faulty for report in reports) == 3
    assert in_force(desk) == 1


def test_a_withdrawal_before_its_consent_is_told_and_kept(desk: Desk) -> None:
    desk.people(1)
    early = desk.bring("consents", *rows([("withdraw", -9)]))
    assert (early.faulty, early.faults[0].heading) == (1, "同意区分")
    assert "控えました" in early.faults[0].reason
    assert desk.bring("consents", *rows([("give", -60)])).added == 1
    assert state(desk) == "withdrawn"
    assert desk.bring("consents", *rows([("withdraw", -9)])).exit_code == 0, "the same file again: nothing is open"


def test_a_withdrawal_on_a_page_counts_by_its_day(desk: Desk) -> None:
    desk.people(1)
    desk.bring("consents", *rows([("give", -60)]))
    desk.world.run(
        "UPDATE care.consent SET withdrawn_at = clock_timestamp(), withdrawn_on = %s, withdrawn_by = 1"
        " WHERE insured_key = %s",
        days(-9),
        desk.key(1),
    )
    assert desk.bring("consents", *rows([("give", -20)])).exit_code == 0
    assert state(desk) == "withdrawn", "older than the withdrawal"
    desk.bring("consents", *rows([("give", -4)]))
    assert state(desk) == "given"


words = st.lists(
    st.tuples(st.sampled_from(["give", "give", "withdraw", "refuse"]), st.integers(-12, 0)), min_size=1, max_size=6
)


@given(words, st.randoms(use_true_random=False))
@example([("refuse", -1), ("give", 0), ("withdraw", 0)], Random(1))
@example([("refuse", -5), ("give", -3), ("withdraw", -1)], Random(1))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_in_any_order(desk: Desk, said: list[Word], chance: object) -> None:
    """Refusals come by pages, the rest by files of one or more rows, in two orders: the state is the model's."""
    wanted = expected(said)
    number = int(desk.world.one("SELECT count(*) FROM care.person")) + 1000
    for who in (number, number + 1):
        desk.bring("persons", desk.person(who))
        order = list(said)
        chance.shuffle(order)  # type: ignore[attr-defined]
        files: list[list[Word]] = []
        for word in order:
            if word[0] != "refuse" and files and files[-1][0][0] != "refuse" and chance.random() < 0.5:  # type: ignore[attr-defined]
                files[-1].append(word)
            else:
                files.append([word])
        if any(word[0] == "refuse" for word in said):
            files.sort(key=lambda file: file[0][0] != "refuse")  # a page knows what stands: it comes first here
        for file in files:
            if file[0][0] == "refuse":
                refuse(desk, max(day for act, day in said if act == "refuse"), who)
            else:
                report = desk.bring("consents", *rows(file, who))
                if report.already:
                    continue  # the very file of before: nothing to do
                assert report.rows == report.added + report.changed + report.unchanged + report.faulty == len(file)
        assert state(desk, who) == wanted, (said, files)
