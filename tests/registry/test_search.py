"""Finding offices and medical institutions as one types."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.registry import search
from kiban.registry.addresses import full_address
from tests.registry.published import Corner, load, medical_rows


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Numbers by name. The syllables ヱヰヸ stand in no other test."""
    names = {
        "ヱヰ": ("", "試験市"),
        "ヱヰケアセンター": ("", "試験市"),
        "訪問のヱヰ": ("", "試験市"),
        "試験センター": ("シケンヱヰセンター", "試験市"),
        "髙嶋ｹｱ": ("", "ヱヰ町"),
        "とても長い名前" * 20: ("", "ヸ村"),
    }
    corner = Corner(tmp_path_factory.mktemp("offices"))
    for name, (kana, place) in names.items():
        corner.row(事業所名=name, 事業所名カナ=kana, 市区町村名=place, 住所=f"{place}一丁目")
    corner.load()
    return {row["事業所名"]: row["事業所番号"] for row in corner.rows}


def found(query: str) -> list[str]:
    return [hit.number for hit in search.offices(query).hits]


def test_the_name_itself_comes_first_then_its_beginning_then_its_inside(offices: dict[str, str]) -> None:
    numbers = list(offices.values())
    assert found("ヱヰ")[:3] == numbers[:3]
    assert set(found("ヱヰ")) == set(numbers[:5])


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ゑゐけあ", "ヱヰケアセンター"),
        ("ヱヰ 訪問", "訪問のヱヰ"),
        ("訪問　ゑ", "訪問のヱヰ"),
        ("高島 ヱヰ町", "髙嶋ｹｱ"),
        ("ヸ", "とても長い名前" * 20),
        ("しけんヱヰ", "試験センター"),
    ],
)
def test_as_one_types(offices: dict[str, str], query: str, name: str) -> None:
    assert found(query) == [offices[name]]


def test_by_number_from_its_beginning_in_any_width(offices: dict[str, str]) -> None:
    number = offices["ヱヰ"]
    assert found(number) == [number]
    assert found(number[:9].translate(str.maketrans("0123456789", "０１２３４５６７８９")))[0] == number


@pytest.mark.parametrize("query", ["", " 　", "ヱヰ 無い言葉", "%", "_", "ヱ%", "\0", "\\"])
def test_nothing_is_found(offices: dict[str, str], query: str) -> None:
    assert found(query) == []


def test_what_is_withdrawn_is_not_found(corner: Corner) -> None:
    corner.row(事業所名="ヷヷ")
    corner.row()
    corner.load()
    assert len(found("ヷヷ")) == 1
    corner.rows.pop(0)
    corner.load()
    assert found("ヷヷ") == []


def test_pages(corner: Corner) -> None:
    for number in range(45):
        corner.row(事業所名=f"ヺヺ{number:02}")
    corner.load()
    pages = [search.offices("ヺヺ", page) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [20, 20, 5, 0]
    assert {page.total for page in pages} == {45}
    assert pages[0].last == 3
    assert [hit.name for page in pages for hit in page.hits] == [f"ヺヺ{number:02}" for number in range(45)]


def test_services_are_named(corner: Corner) -> None:
    row = corner.row(事業所名="ヹヹ")
    corner.load()
    [hit] = search.offices("ヹヹ").hits
    assert hit.services
    assert hit.number == row["事業所番号"]


def test_medical_institutions(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    [row] = medical_rows("46", 1)
    path.write_text(row.replace("試験医院0", "ヱヰ医院"), encoding="utf-8")
    load(path)
    [hit] = search.medical_institutions("ゑゐ 鹿児島").hits
    assert (hit.name, hit.address) == ("ヱヰ医院", "鹿児島県試験町0番地")
    assert [other.number for other in search.medical_institutions(hit.number).hits] == [hit.number]


@pytest.mark.parametrize(
    ("address", "building", "shown"),
    [
        ("北海道試験市一丁目", "", "北海道試験市一丁目"),
        ("試験市一丁目", "", "北海道試験市一丁目"),
        ("一丁目", "試験ビル", "北海道試験市一丁目 試験ビル"),
        ("北海道試験市一丁目試験ビル", "試験ビル", "北海道試験市一丁目試験ビル"),
    ],
)
def test_the_address_shows_every_part_once(address: str, building: str, shown: str) -> None:
    assert full_address("北海道", "試験市", address, building) == shown
