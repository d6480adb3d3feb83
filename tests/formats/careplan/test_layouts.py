"""The standard as data: what the declarations must agree with, written down a second time and independently."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.formats.careplan.layouts import LAYOUTS, V3_2, Edition, Kind, Need, layout, names, page
from kiban.formats.careplan.layouts.samples import file_name

ROOT = Path(__file__).parents[3]
# Columns and the numbers with a mark, as the overview of the standard counts them.
OVERVIEW = {
    "UPHOSOKU": (63, [*range(1, 9), 63]),
    "UP1KYO": (28, [1, 2, 3, 4, 8, 9, 13, 14, 15]),
    "DLT1KYO": (4, [1, 2, 3, 4]),
    "UP2KYO": (22, [1, 2, 3, 4, 5]),
    "UP3KYO": (13, [1, 2, 3, 4, 5]),
    "UPPLAN": (25, [1, 2, 3, 4, 5, 10, 12, 13, 14, 15, 20, 23]),
    "UPJSK": (25, [1, 2, 3, 4, 5, 10, 12, 13, 14, 15, 20, 23]),
    "DLTPLAN": (4, [1, 2, 3, 4]),
    "DLTJSK": (6, [1, 2, 3, 4, 5, 6]),
    "UPSIKYU": (37, [1, 2, 3, 4, 5, 7, 9, 13, 16, 33]),
    "UPKIHON": (71, [1, 2, 3, 4, 5, 14, 15, 16, 17]),
    "UPKIHON_SUB1": (7, [1, 2, 3, 4]),
    "UPKIHON_SUB2": (11, [1, 2, 3, 4]),
    "DLTKIHON": (4, [1, 2, 3, 4]),
    "UPYOBO": (57, [1, 2, 3, 4, 5, 8]),
    "UPYOBO_SUB": (17, [1, 2, 3, 4]),
    "DLTYOBO": (4, [1, 2, 3, 4]),
}


def test_every_kind_but_the_image_has_a_layout() -> None:
    assert {kind.value for kind in LAYOUTS} == OVERVIEW.keys()
    assert set(Kind) - LAYOUTS.keys() == {Kind.BASIC_IMAGE}
    assert len(Kind) == 18


@pytest.mark.parametrize("kind", OVERVIEW)
def test_columns_and_marks_are_those_of_the_standard(kind: str) -> None:
    declared = layout(kind)
    marked = [column.no for column in declared.columns if column.need in (Need.REQUIRED, Need.REQUIRED_BOTH)]
    assert (declared.width, marked) == OVERVIEW[kind]
    assert [column.no for column in declared.columns] == list(range(1, declared.width + 1))


def test_doubtful_marks_are_named_as_such() -> None:
    sheet6 = layout(Kind.SCHEDULE)
    assert [sheet6.column(no).need for no in (6, 7, 8)] == [Need.LIKELY, Need.LIKELY, Need.UNSURE]
    assert [layout(kind).column(6).need for kind in (Kind.BASIC, Kind.PREVENTION)] == [Need.NEEDED, Need.NEEDED]


def test_names_and_lengths_at_places_that_are_easily_shifted() -> None:
    def at(kind: Kind, no: int) -> tuple[str, int | None]:
        column = layout(kind).column(no)
        return column.name, column.form.length

    assert at(Kind.USER, 52) == ("9 サービス種類コード", 2)
    assert at(Kind.USER, 56) == ("合計限度超単位数", 7)
    assert at(Kind.PLAN1, 14) == ("居宅サービス計画作成（変更）日", 8)
    assert at(Kind.SCHEDULE, 11) == ("日割対象日", 31)
    assert at(Kind.SCHEDULE, 19) == ("明細判別コード", None)
    assert at(Kind.BENEFIT, 16) == ("回数／日数", 3)
    assert at(Kind.BENEFIT, 30) == ("前月までの利用日数", 5)
    assert at(Kind.BASIC, 62) == ("家族構成 画像ファイル名", None)
    assert at(Kind.PREVENTION, 54) == ("事業プログラムの要否 (うつ予防)", 1)


def test_v3_2_has_no_tais_and_its_day_count_three_columns_earlier() -> None:
    assert {kind.value: declared.width for kind, declared in V3_2.items() if declared.inferred} == {
        "UPPLAN": 22, "UPJSK": 22, "UPSIKYU": 34,
    }  # fmt: skip
    old = layout(Kind.BENEFIT, Edition.V3_2)
    assert old.number("前月までの利用日数") == 27
    assert "TAISコード" not in old.names
    for kind, declared in V3_2.items():
        new = layout(kind)
        assert [declared.column(no).name for no in declared.link] == [new.column(no).name for no in new.link]
        assert declared.month is None or declared.column(declared.month).name.endswith("年月")
    with pytest.raises(LookupError):
        layout(Kind.PLAN3, Edition.V3_2)


def test_link_columns_are_keys_and_never_blank() -> None:
    for declared in LAYOUTS.values():
        assert all(declared.column(no).key for no in declared.link), declared.kind


def test_the_page_of_layouts_is_current() -> None:
    assert (ROOT / "docs" / "exchange" / "layouts.md").read_text(encoding="utf-8") == page.markdown()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_composed_name_is_parsed_to_the_same_parts(kind: Kind) -> None:
    composed = file_name(kind, branch=3 if kind is Kind.BASIC_IMAGE else 0)
    found, problems = names.parse(composed)
    assert problems == []
    assert found is not None and found.kind is kind
    assert found.compose() == composed


def test_the_example_of_the_standard_is_parsed() -> None:
    found, problems = names.parse("UPPLAN_201912_0300000100_43_0300000005_11_20191025200201.CSV")
    assert problems == []
    assert found == names.FileName(Kind.SCHEDULE, "201912", "0300000100", "43", "0300000005", "11", "20191025200201")
