"""A plan as files and as a record: what goes in comes out, and what has no place is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.formats.careplan.checks import check_sources
from kiban.formats.careplan.layouts import Document, Kind, layout, of_bytes, read_bytes, write
from kiban.formats.careplan.layouts.samples import SCENE, file_name, rows
from kiban.plans.documents import KINDS, MADE_ON, NUMBERS, OTHER_SERVICES, SLOTS, Plan, PlanUser, read_plans, write_plan
from kiban.records import kinds
from tests.formats.careplan.making import cell, changed
from tests.formats.careplan.values import values

Rows = dict[Kind, list[list[str]]]
SCENES = replace(SCENE, users=2, lines=3)
# Those that say which rows belong together, and the version.
FIXED = {kind: {1, 2, 3, MADE_ON[kind], *({63} if kind is Kind.USER else ())} for kind in KINDS}


def sample() -> Rows:
    return {kind: list(rows(layout(kind), SCENES, with_plan=True)) for kind in KINDS}


def documents(files: Mapping[Kind, Sequence[Sequence[str]]]) -> list[Document]:
    """The rows written and read again, as they come from an office."""
    return [read_bytes(write(layout(kind), records), kind=kind) for kind, records in files.items() if records]


def written(plans: Sequence[Plan]) -> Rows:
    made: Rows = {kind: [] for kind in KINDS}
    for plan in plans:
        for kind, records in write_plan(plan.user, plan.content).items():
            made[kind] += records
    return made


@st.composite
def files(draw: st.DrawFn) -> Rows:
    """The samples' plans with other values in some places, often blank ones."""
    made = sample()
    for kind in KINDS:
        places = [column for column in layout(kind).columns if column.no not in FIXED[kind]]
        for row in made[kind]:
            for column in draw(st.lists(st.sampled_from(places), max_size=6)):
                row[column.no - 1] = draw(values(column.form, column.name))
    return made


@settings(max_examples=60)
@given(made=files())
def test_every_column_is_kept_or_told(made: Rows) -> None:
    plans = read_plans(documents(made))
    assert len(plans) == SCENES.users
    again = written(plans)
    for plan in plans:
        for kind in KINDS:
            mine = [row for row in made[kind] if (row[1], row[2]) == (plan.user.insurer_no, plan.user.insured_no)]
            theirs = [row for row in again[kind] if (row[1], row[2]) == (plan.user.insurer_no, plan.user.insured_no)]
            for number, row in enumerate(mine, 1):
                named = {value.column for value in plan.unplaced if (value.kind, value.row) == (kind, number)}
                if named & set(NUMBERS) and kind is Kind.PLAN2:
                    named |= set(NUMBERS)
                kept = {no: value for no, value in enumerate(row, 1) if value.strip() and no not in named}
                assert_kept(kind, kept, theirs)


def assert_kept(kind: Kind, kept: dict[int, str], rewritten: list[list[str]]) -> None:
    """Everything kept of a row stands in one of the rewritten rows."""
    if kind is not Kind.PLAN3:
        assert any(all(value in places(kind, row, no) for no, value in kept.items()) for row in rewritten), kept
        return
    # Three kinds of record in one file; a row may have been several.
    for group in (range(1, 6), range(6, 10), range(10, 13)):
        mine = {no: value for no, value in kept.items() if no in group}
        assert any(all(row[no - 1] == value for no, value in mine.items()) for row in rewritten), mine
    if other := kept.get(OTHER_SERVICES):
        assert any(other in row[OTHER_SERVICES - 1] for row in rewritten)


def places(kind: Kind, row: list[str], no: int) -> list[str]:
    """Where a value may stand: in its column; a slot of 種類別支給限度 moves up when one before it was empty."""
    if kind is Kind.USER and SLOTS[0] <= no < SLOTS[-1] + 4:
        return row[SLOTS[0] - 1 + (no - SLOTS[0]) % 4 : SLOTS[-1] + 3 : 4]
    return [row[no - 1]]


@settings(max_examples=40)
@given(made=files())
def test_reading_what_was_written_changes_nothing(made: Rows) -> None:
    plans = read_plans(documents(made))
    if any("made_on" not in plan.content for plan in plans):
        return
    again = read_plans(documents(written(plans)))
    assert [(plan.user, plan.content, plan.unplaced) for plan in again] == [
        (plan.user, plan.content, []) for plan in plans
    ]


def test_the_sample_is_a_plan_the_platform_keeps() -> None:
    plan = read_plans(documents(consistent()))[0]
    assert (plan.unplaced, plan.problems) == ([], [])
    assert plan.user == PlanUser("131136", "0000000001", "シケン ハナコ", "試験 花子０１", "2", "19350401")
    assert plan.made_on == "20260925"
    content = plan.content
    assert content["made_on"] == "2026-09-25"
    assert content["office_number"] == SCENE.plan_office
    assert [row["no"] for row in content["services"]] == ["1-1-1", "1-1-2", "1-2-3"]
    assert content["services"][0]["provider_number"] == SCENE.service_office
    assert content["week"] == [{"weekday": "1", "starts_at": "0900", "ends_at": "1000", "content": "訪問介護"}]
    assert content["activities"] == [{"starts_at": "1400", "ends_at": "1500", "activity": "散歩,買い物"}]
    assert content["other_services"] == '福祉用具貸与("手すり")\r\n居宅療養管理指導'
    assert "written_on" not in content, "the day of the plan need not be said twice"


def consistent() -> Rows:
    """The sample with the facts of 第1表 in 利用者補足情報 too."""
    made = sample()
    for plan1, user in zip(made[Kind.PLAN1], made[Kind.USER], strict=True):
        user[15], user[17], user[6] = plan1[16], plan1[20], "2"
    return made


def test_a_plan_goes_out_as_files_the_check_finds_nothing_in() -> None:
    made = written(read_plans(documents(consistent())))
    sources = [
        of_bytes(file_name(kind, with_plan=True), write(layout(kind), records)) for kind, records in made.items()
    ]
    assert check_sources(sources).findings == []


def test_two_values_for_one_fact_are_told() -> None:
    made = consistent()
    made[Kind.USER][0][17] = "24" if made[Kind.PLAN1][0][20] != "24" else "25"
    made[Kind.PLAN2][1][3] = "20260901"
    (value, other) = read_plans(documents(made))[0].unplaced
    assert (value.kind, value.row, value.column, value.column_name) == (
        Kind.PLAN2,
        2,
        4,
        "居宅計画書作成年月日",
    )
    assert (other.kind, other.row, other.column_name) == (Kind.USER, 1, "要介護状態区分")


def test_numbers_of_lines_are_counted_as_in_the_worked_example() -> None:
    """Reference 3.4: a new short-term goal under the same long-term goal keeps 援助目標ＮＯ."""
    services = [
        {"need": "歩きたい", "long_goal": "トイレまで", "short_goal": "立つ", "content": "訓練"},
        {"content": "見守り"},
        {"short_goal": "座る", "content": "体操"},
        {"long_goal": "買い物に行く", "short_goal": "門まで歩く", "content": "歩行"},
        {"need": "食べたい", "long_goal": "むせない", "content": "口の体操"},
    ]
    content = {"made_on": "2026-09-25", "services": services}
    rows = write_plan(PlanUser("131136", "0000000001"), content)[Kind.PLAN2]
    assert [tuple(row[no - 1] for no in NUMBERS) for row in rows] == [
        ("1", "1", "1"),
        ("1", "1", "2"),
        ("1", "1", "3"),
        ("1", "2", "1"),
        ("2", "1", "1"),
    ]


def test_a_personal_number_in_a_text_is_not_kept_and_told() -> None:
    files = cell(Kind.PLAN1, 1, 24, "番号は123456789018です")
    read = [read_bytes(data, name) for name, data in files.items()]
    plan = read_plans(read)[0]
    assert "policy" not in plan.content
    assert [value.column_name for value in plan.unplaced if value.kind is Kind.PLAN1] == ["総合的な援助の方針"]
    assert "123456789018" not in repr(plan.unplaced)


def test_files_without_the_first_table_are_no_plan_to_keep() -> None:
    (plan, *_) = read_plans(documents({Kind.PLAN2: sample()[Kind.PLAN2]}))
    assert {problem.field for problem in plan.problems} >= {"made_on", "office_number", "author"}


def test_what_goes_with_a_month_is_not_part_of_a_plan() -> None:
    schedule = read_bytes(write(layout(Kind.USER), rows(layout(Kind.USER), SCENES)), kind=Kind.USER)
    assert read_plans([schedule]) == []


def test_two_plans_of_one_user_are_two() -> None:
    def second(rows: list[list[str]]) -> None:
        rows.append([*rows[0]])
        rows[-1][13] = "20261001"

    read = [read_bytes(data, name) for name, data in changed(Kind.PLAN1, second).items()]
    days = [plan.made_on for plan in read_plans(read) if plan.user.insured_no == "0000000001"]
    assert sorted(days) == ["20260925", "20261001"]


def test_every_field_but_agreement_and_delivery_has_a_column() -> None:
    from kiban.plans import documents as mapping

    mapped = {name for columns in mapping.SINGLE.values() for name in columns.values()}
    mapped |= {"services", "week", "activities", "other_services", "service_limits"}
    assert mapped == {field.name for field in kinds.item(mapping.ITEM).fields} - {
        "agreed_on", "agreed_by", "delivered_on", "delivered_to",
    }  # fmt: skip
