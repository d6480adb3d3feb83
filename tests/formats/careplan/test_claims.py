"""Before the claim: each code both ways, nothing from what is not known, and rules over their whole domain."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.formats.careplan.claims import MEANINGS, ClaimCode, Creation, Designation, Ledgers, Recipient, Slip, early
from kiban.formats.careplan.claims.checks import CHECKS
from kiban.formats.careplan.layouts import Document, Kind, layout

MONTH, USER, OFFICE, PLANNER = "202610", ("131136", "0000000001"), "1370000028", "1370000010"
ABOUT = {
    "利用者生年月日": "19350401",
    "利用者性別": "2",
    "要介護状態区分": "22",
    "区分支給限度基準額": "19705",
    "限度額適用開始年月日": "20260401",
    "限度額適用終了年月日": "20270331",
    "認定状況区分": "2",
    "認定日": "20260401",
}


def document(kind: Kind, *rows: dict[str, str]) -> Document:
    form = layout(kind)
    made = Document(form)
    for number, values in enumerate(rows, 1):
        row = [""] * form.width
        for name, value in {"保険者番号": USER[0], "被保険者番号": USER[1], "対象年月": MONTH, **values}.items():
            row[form.number(name) - 1] = value
        made.rows.append(tuple(row))
        made.lines.append(number)
    return made


def line(day: int = 5, office: str = OFFICE, code: str = "111211", **more: str) -> dict[str, str]:
    values = {"サービス利用日": f"{MONTH}{day:02}", "サービス事業者コード": office, "サービスコード": code}
    return {**values, "サービス回数": "1", "プラン担当業者コード": PLANNER, **more}


def found(ledgers: Ledgers | None = None, *, lines=None, done=None, about=None, total=None, rate="") -> list[ClaimCode]:
    planned = document(Kind.SCHEDULE, *(lines or [line()]))
    actual = [document(Kind.ACTUAL, *done)] if done is not None else []
    benefit = {"サービスコード": "999999", **(total or {})}
    rows = [benefit, {"サービスコード": "11AAAA", "給付率": rate}]
    users = [document(Kind.USER, {**ABOUT, **(about or {})})]
    result = early([planned], actual, [document(Kind.BENEFIT, *rows)], users, ledgers or Ledgers())
    for likely in result.likely:
        assert likely.words.endswith("。") and likely.remedy.endswith("。")
        assert (
            USER[1] not in likely.words + likely.remedy + likely.rests_on
        )  # whose row it is stands beside it, not in it
    return [likely.code for likely in result.likely]


def of(recipient: Recipient) -> Ledgers:
    return Ledgers(recipients={USER: recipient})


DESIGNATED = {OFFICE: {"11": (Designation(dt.date(2020, 4, 1), dt.date(2026, 10, 10)),)}}
CASES = [
    (ClaimCode.P0, {"about": {"認定状況区分": "1", "認定日": ""}}, {}),
    (ClaimCode.P0, {"ledgers": Ledgers(complete={USER[0]})}, {"ledgers": Ledgers(complete={"092023"})}),
    (ClaimCode.PA, {"about": {"認定状況区分": "1"}}, {"ledgers": of(Recipient(is_changing=False))}),
    (ClaimCode.PA, {"ledgers": of(Recipient(is_changing=True))}, {}),
    (ClaimCode.P4, {"ledgers": of(Recipient(planner="1370000036"))}, {"ledgers": of(Recipient(planner=PLANNER))}),
    (ClaimCode.QJ, {"ledgers": of(Recipient(level="23"))}, {"ledgers": of(Recipient(level="22"))}),
    (ClaimCode.QJ, {"ledgers": of(Recipient(birth="19350402"))}, {"ledgers": of(Recipient(birth="19350401"))}),
    (ClaimCode.QJ, {"ledgers": of(Recipient(sex="1"))}, {"ledgers": of(Recipient(sex="2"))}),
    (ClaimCode.QJ, {"about": {"要介護状態区分": "12"}}, {"about": {"要介護状態区分": "25"}}),
    (ClaimCode.QJ, {"lines": [line(code="631111")]}, {"lines": [line(code="A21111")]}),
    (ClaimCode.PD, {"about": {"限度額適用終了年月日": "20261004"}}, {"about": {"限度額適用終了年月日": "20261005"}}),
    (
        ClaimCode.PD,
        {"ledgers": of(Recipient(valid_from=dt.date(2026, 10, 6)))},
        {"ledgers": of(Recipient(valid_from=dt.date(2026, 10, 5), valid_to=dt.date(2026, 10, 6)))},
    ),
    (ClaimCode.P6, {"total": {"区分支給限度基準内単位数": "19706"}}, {"total": {"区分支給限度基準内単位数": "19705"}}),
    (ClaimCode.P6, {"total": {"給付管理単位数": "19706"}}, {"total": {"給付管理単位数": "19705"}}),
    (
        ClaimCode.P6,
        {"total": {"サービスコード": "111211", "給付管理単位数": "19706"}},  # one line, no grand total
        {"total": {"サービスコード": "11AAAA", "給付管理単位数": "19706"}},
    ),
    (ClaimCode.PD, {"ledgers": of(Recipient(valid_to=dt.date(2026, 10, 5)))}, {"ledgers": of(Recipient())}),
    (
        ClaimCode.QJ,
        {"lines": [line(code="631111")]},
        {"lines": [line(code="631111")], "about": {"要介護状態変更日": "20261015", "前回要介護状態区分": "13"}},
    ),
    (
        ClaimCode.ASSA,
        {"ledgers": of(Recipient(burden=2)), "rate": "90"},
        {"ledgers": of(Recipient(burden=2)), "rate": "80"},
    ),
    (
        ClaimCode.ANN,
        {"ledgers": Ledgers(slips={(USER, MONTH): Slip(True, Creation.NEW)})},
        {"ledgers": Ledgers(slips={(USER, MONTH): Slip(False, Creation.NEW)})},
    ),
    (
        ClaimCode.ANN,
        {"ledgers": Ledgers(slips={(USER, MONTH): Slip(False, Creation.CORRECTION)})},
        {"ledgers": Ledgers(slips={(USER, MONTH): Slip(True, Creation.CORRECTION)})},
    ),
    (ClaimCode.ANNM, {"done": [line(), line(6)]}, {"done": [line()]}),
    (ClaimCode.ANNM, {"done": [line(code="111411")]}, {"lines": [line(), line(6)], "done": [line()]}),
    (
        ClaimCode.ADD0,
        {"ledgers": Ledgers(all_offices=True)},
        {"ledgers": Ledgers(all_offices=True, offices={OFFICE: {"11": (Designation(),)}})},
    ),
    (
        ClaimCode.ADD1,
        {"ledgers": Ledgers(offices=DESIGNATED), "lines": [line(10)]},
        {"ledgers": Ledgers(offices=DESIGNATED)},
    ),
    (ClaimCode.ADD2, {"ledgers": Ledgers(insurers={"092023"})}, {"ledgers": Ledgers(insurers={USER[0]})}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "wrong", "right"), CASES)
def test_each_code_both_ways(code, wrong, right):
    assert code in found(**wrong)
    assert code not in found(**right)


def test_every_code_has_a_check_a_meaning_and_a_case():
    assert set(CHECKS) == set(MEANINGS) == set(ClaimCode) == {code for code, *_ in CASES}
    with pytest.raises(ValueError, match="12ZZ"):
        ClaimCode("12ZZ")


@pytest.mark.parametrize(
    ("before", "now", "limit", "units", "words"),
    [
        ("25", "23", 36217, 36217, None),  # 要介護5→3: the file names the higher limit
        ("25", "23", 27048, 36217, "高い方(36,217)に直します。自己負担に移すものはありません。"),
        ("25", "23", 27048, 36218, "それを超える分を区分支給限度基準超単位数(自己負担)に移します。"),
        ("23", "25", 36217, 36217, None),
        ("23", "25", 27048, 30000, "高い方(36,217)に直します"),
        ("13", "21", 16765, 16765, None),  # 支援2→介護1, services of both kinds
        ("13", "21", 10531, 16765, "高い方(16,765)に直します"),
        ("25", "23", 40000, 39000, None),  # a municipality may allow more
        ("", "23", 27048, 30000, "高い方か、被保険者証で確かめます"),  # the level before is not written
    ],
)
def test_in_a_month_with_a_change_of_level_the_higher_limit_holds(before, now, limit, units, words):
    about = {"要介護状態区分": now, "前回要介護状態区分": before, "要介護状態変更日": f"{MONTH}16"}
    users = [document(Kind.USER, {**ABOUT, **about, "区分支給限度基準額": str(limit)})]
    benefit = [document(Kind.BENEFIT, {"サービスコード": "999999", "区分支給限度基準内単位数": str(units)})]
    likely = early([document(Kind.SCHEDULE, line(), line(code="621111"))], [], benefit, users, Ledgers()).likely
    assert [one.code for one in likely] == ([ClaimCode.P6] if words else [])
    assert words is None or (words in likely[0].remedy and "高い方の限度額です" in likely[0].words)


def test_actuals_alone_are_no_difference():
    assert early([], [document(Kind.ACTUAL, line())]).likely == []
    assert early([document(Kind.SCHEDULE)], [document(Kind.ACTUAL, line())]).likely == []


def test_the_rate_of_a_municipalitys_own_service_is_not_compared():
    rows = [{"サービスコード": "11AAAA", "給付率": "90"}, {"サービスコード": "A61111", "給付率": "70"}]
    files = [document(Kind.SCHEDULE, line())], [], [document(Kind.BENEFIT, *rows)], [document(Kind.USER, ABOUT)]
    assert early(*files, of(Recipient(burden=1))).likely == []


def test_what_is_right_and_not_known_finds_nothing_and_is_said():
    assert found() == []
    result = early([document(Kind.SCHEDULE, line())], [])
    assert not result.likely
    assert [sentence for sentence in result.unknown if "1名" in sentence and "未確認" in sentence]
    assert [sentence for sentence in result.unknown if "1か所" in sentence]
    known = Ledgers(recipients={USER: Recipient()}, offices={OFFICE: {"11": (Designation(),)}},
                    slips={(USER, MONTH): Slip(False, Creation.NEW)})  # fmt: skip
    bill = document(Kind.BENEFIT, {"サービスコード": "999999", "給付管理単位数": "1"})
    about = document(Kind.USER, ABOUT)
    assert early([document(Kind.SCHEDULE, line())], [], [bill], [about], known).unknown == []


@given(
    first=st.dates(dt.date(2026, 9, 1), dt.date(2026, 11, 15)),
    length=st.integers(1, 60),
    days=st.sets(st.integers(1, 31), min_size=1),
)
def test_a_day_is_outside_the_validity_just_when_it_is(first, length, days):
    until = first + dt.timedelta(days=length)
    said = ClaimCode.PD in found(of(Recipient(valid_from=first, valid_to=until)), lines=[line(day) for day in days])
    assert said == any(not first <= dt.date(2026, 10, day) < until for day in days)


@given(limit=st.integers(1, 40000), within=st.integers(0, 50000))
def test_over_the_limit_just_when_it_is(limit, within):
    codes = found(about={"区分支給限度基準額": str(limit)}, total={"区分支給限度基準内単位数": str(within)})
    assert (ClaimCode.P6 in codes) == (within > limit)


@given(
    periods=st.lists(st.tuples(st.integers(1, 31), st.none() | st.integers(1, 31)), max_size=3),
    day=st.integers(1, 31),
)
def test_a_service_without_designation_just_when_no_period_holds(periods, day):
    october = dt.date(2026, 9, 30)
    made = tuple(
        Designation(october + dt.timedelta(days=begin), october + dt.timedelta(days=end) if end else None)
        for begin, end in periods
    )
    codes = found(Ledgers(offices={OFFICE: {"11": made}}), lines=[line(day)])
    assert (ClaimCode.ADD1 in codes) == (not any(begin <= day and (end is None or day < end) for begin, end in periods))
