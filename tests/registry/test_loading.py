"""``kiban registry load FILE``: newer editions, dirt, wrong files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kiban.registry import numbers
from kiban.registry.masters.offices import MUNICIPALITY
from kiban.registry.masters.source import UnusableFileError
from kiban.registry.models import Insurer, MedicalInstitution, Municipality, Office, OfficeService
from kiban.registry.services import enter_insurer_number
from tests.registry.published import Corner, counts, load, medical_rows, municipality_in, number_in


def office(row: dict[str, str]) -> Office:
    return Office.objects.get(number=row["事業所番号"])


def test_the_same_file_twice_changes_nothing(corner: Corner) -> None:
    row = corner.row()
    corner.row()
    assert counts(corner.load()) == (2, 0, 0, 0)
    before = office(row)
    assert counts(corner.load()) == (0, 0, 2, 0)
    after = office(row)
    assert (after.name, after.search_key, after.edition) == (before.name, before.search_key, before.edition)


def test_a_newer_edition_adds_changes_and_withdraws(corner: Corner) -> None:
    stays, moves, goes = corner.row(), corner.row(), corner.row()
    corner.load(label="古い版")
    corner.rows.remove(goes)
    moves["住所"] = "試験市二丁目2番2号"
    comes = corner.row()
    assert counts(corner.load(label="新しい版")) == (1, 1, 1, 1)
    assert office(moves).address == "試験市二丁目2番2号"
    assert [office(row).edition for row in (stays, moves, comes)] == ["古い版", "新しい版", "新しい版"]
    assert office(goes).withdrawn_on is not None
    assert OfficeService.objects.get(office=goes["事業所番号"]).withdrawn_on is not None

    corner.rows.append(goes)
    assert counts(corner.load()) == (0, 1, 3, 0)
    assert office(goes).withdrawn_on is None


def test_other_prefectures_and_kinds_are_left_alone(corner: Corner, tmp_path: Path) -> None:
    other = Corner(tmp_path)
    kept = other.row()
    other.load()
    corner.row()
    assert corner.load().withdrawn == 0
    assert office(kept).withdrawn_on is None


def test_a_file_cut_short_withdraws_nothing(corner: Corner) -> None:
    rows = [corner.row() for _ in range(40)]
    corner.load()
    whole = corner.write().read_bytes()
    cut = corner.folder / "cut.csv"
    cut.write_bytes(whole[: len(whole) // 2])
    reports = load(cut)
    refused = [finding for report in reports for finding in report.refused]
    assert [finding.column for finding in refused] == ["行全体"]
    assert "途中で切れていないか" in refused[0].remedy
    assert not any(report.withdrawn for report in reports)

    corner.rows = rows[:10]
    report = corner.load()
    assert report.withdrawn == 0
    assert any("--withdraw-many" in finding.remedy for finding in report.warnings)
    assert corner.load(withdraw_many=True).withdrawn == 30


def test_one_number_with_several_services(corner: Corner, tmp_path: Path) -> None:
    other = Corner(tmp_path)
    number = number_in(corner.prefecture)
    corner.row(事業所番号=number, 事業所名="試験老健", 事業所名カナ="シケンロウケン")
    other.row(事業所番号=number, 事業所名="試験リハビリ", 事業所名カナ="シケンリハビリ")
    first, second = sorted([corner, other], key=lambda made: made.kind)
    second.load()
    first.load()
    found = Office.objects.get(number=number)
    assert found.services.count() == 2
    assert found.name == first.rows[0]["事業所名"]
    assert {"シケンロウケン", "シケンリハビリ"} <= set(found.search_key.split(" "))

    first.rows = []
    first.row()
    first.load()
    assert Office.objects.get(number=number).name == second.rows[0]["事業所名"]
    assert Office.objects.get(number=number).withdrawn_on is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_any_file_name_and_encoding(corner: Corner, encoding: str) -> None:
    row = corner.row(事業所名="髙齢者ｹｱ～①")
    load(corner.write("なんでもよい名前.txt", encoding))
    assert office(row).name == "髙齢者ｹｱ～①"


def test_several_files_in_a_zip(corner: Corner, tmp_path: Path) -> None:
    other = Corner(tmp_path)
    corner.row()
    other.row()
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/one.csv", corner.text().encode("utf-8-sig"))
        archive.writestr("two.CSV", other.text().encode("cp932"))
    assert [report.added for report in load(path)] == [1, 1]


def test_the_dirt_of_the_open_data(corner: Corner) -> None:
    row = corner.row(
        電話番号="０３‐１２３４－５６７８",
        FAX番号="03(1234)5678",
        事業所名='介護の"わ"',
        法人番号="",
        定員="",
        URL="info@example.jp",
    )
    dirty = corner.row(電話番号="代表", 定員="十名", 法人番号="12")
    report = corner.load()
    found = office(row)
    assert (found.telephone, found.fax) == ("03-1234-5678", "03-1234-5678")
    assert found.name == '介護の"わ"'
    service = OfficeService.objects.get(office=found)
    assert (service.capacity, service.url, found.corporation_number) == (None, "info@example.jp", "")
    lines = {(finding.line, finding.column) for finding in report.warnings}
    assert {(3, "電話番号"), (3, "定員"), (3, "法人番号")} <= lines
    assert not any(line == 2 and column != MUNICIPALITY for line, column in lines)
    assert office(dirty).telephone == "代表"
    assert not report.refused


def test_a_ward_nobody_knows_and_a_bad_check_digit_warn(corner: Corner) -> None:
    known = municipality_in(corner.prefecture)
    Municipality.objects.using("worker").update_or_create(
        code=known, defaults={"prefecture_id": corner.prefecture, "name": "試験市", "kana": "しけんし"}
    )
    good = number_in(corner.prefecture)
    digits = {str(numbers.split21(good[:9])), str(numbers.split21(good[3:9]))}
    bad = good[:9] + next(digit for digit in "0123456789" if digit not in digits)
    corner.row(事業所番号=bad, **{MUNICIPALITY: known})
    unknown = f"{corner.prefecture}899"
    corner.row(**{MUNICIPALITY: f"{unknown}{numbers.mod11(unknown)}"})
    report = corner.load()
    assert report.added == 2
    assert [(finding.line, finding.column) for finding in report.warnings] == [
        (2, "事業所番号"),
        (3, MUNICIPALITY),
    ]
    assert Office.objects.get(number=bad).number_check == "fails"


def test_a_bad_row_does_not_stop_the_good_ones(corner: Corner) -> None:
    corner.row(事業所番号=number_in(corner.prefecture)[1:])
    good = corner.row()
    corner.row(事業所名="　")
    corner.row(住所="あ" * 301)
    report = corner.load()
    assert report.added == 1
    assert [(finding.line, finding.column) for finding in report.refused] == [
        (2, "事業所番号"),
        (4, "事業所名"),
        (5, "住所"),
    ]
    assert all(finding.remedy for finding in report.refused)
    assert office(good)


def test_a_lost_leading_zero_is_named(tmp_path: Path) -> None:
    corner = Corner(tmp_path)
    corner.row(事業所番号="170210231")
    [finding] = corner.load().refused
    assert "先頭の0が消えています" in finding.remedy


def test_a_kind_of_an_unknown_name(corner: Corner) -> None:
    row = corner.row(サービスの種類="あたらしいサービス")
    path = corner.write("unknown.csv")
    [report] = load(path)
    assert [finding.column for finding in report.refused] == ["サービスの種類"]
    assert "--kind" in report.refused[0].remedy
    assert load(path, kind=corner.kind)[0].added == 1
    assert OfficeService.objects.get(office=row["事業所番号"]).kind == corner.kind


def test_the_kind_may_stand_in_the_files_name(corner: Corner) -> None:
    corner.row(サービスの種類="あたらしいサービス")
    [report] = load(corner.write(f"jigyosho_{corner.kind}_all_20260709180319.csv"))
    assert (report.added, report.label) == (1, "2026-07-09")


def test_a_number_twice_in_a_file(corner: Corner) -> None:
    row = corner.row()
    corner.rows.append({**row})
    corner.rows.append({**row, "住所": "試験市三丁目"})
    report = corner.load()
    assert (report.added, report.repeated, report.rows) == (1, 2, 3)
    assert [finding.line for finding in report.warnings if finding.column == "事業所番号"] == [4]
    assert office(row).address == "試験市三丁目"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "中身がありません"),
        (b"\xd0\xcf\x11\xe0old excel", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"<!DOCTYPE html><html>", "Webページ"),
        (b"PK\x03\x04broken", "zipを開けません"),
        (b"\xfd7zXZ\x00broken", "xzを開けません"),
        ("名前,住所\n試験,試験\n".encode(), "台帳の種類が分かりません"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "画像"),
        ("事業所番号,サービスの種類\n".encode(), "見出しに「.*事業所名.*」がありません"),
        (b"a" * 20_000, "区切れません"),
        (b"ab\x81 \n", "UTF-8でもShift_JIS"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableFileError, match=sentence):
        load(path)


def test_an_excel_file_and_a_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(UnusableFileError, match="Excel"):
        load(path)
    with pytest.raises(UnusableFileError, match=r"開けません\(そのファイルかフォルダがありません"):
        load(tmp_path / "nothing.csv")


def test_a_quotation_mark_never_closed_changes_nothing(corner: Corner) -> None:
    corner.row()
    path = corner.write()
    path.write_bytes(path.read_bytes() + b'"' + b"x,y\r\n" * 4000)
    with pytest.raises(UnusableFileError, match="3行目から先を区切れません"):
        load(path)
    assert not Office.objects.filter(number=corner.rows[0]["事業所番号"]).exists()


def test_medical_institutions(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = medical_rows("47", 3)
    path.write_text("\r\n".join([*rows, rows[0], "47123,3,短い,0,試験町"]), encoding="utf-8-sig")
    [report] = load(path)
    assert (counts(report), report.repeated) == ((3, 0, 0, 0), 1)
    assert [finding.line for finding in report.refused] == [5]
    nine = rows[0][:9]
    first = MedicalInstitution.objects.get(code=f"{nine[:2]}1{nine[2:]}")
    assert (first.name, first.listed, first.code_check) == ("試験医院0", 2, "full")

    path.write_text("\n".join(rows[1:]), encoding="cp932")
    assert counts(load(path)[0]) == (0, 0, 2, 1)
    first.refresh_from_db()
    assert first.withdrawn_on is not None


def test_municipalities_and_insurers(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    code = municipality_in("46")
    path.write_text(f"pid,city,citykana,lgcode\n46,試験市 北区,しけんし きたく,{code}\n46,試験,しけん,12\n")
    [report] = load(path)
    assert (report.added, [finding.line for finding in report.refused]) == (1, [3])
    assert Municipality.objects.get(code=code).is_ward

    path.write_text(
        "prefecture,insurer_name,lgcode,insurer_no_derived,kind,ins1_total,ins1_65_74,cert_total,cert_care5\n"
        f"鹿児島県,試験市,{code},,municipality,100,60,20,2\n"
        "鹿児島県,試験広域連合,,,union,50,30,10,1\n"
        "無い県,試験町,,,union,1,1,1,1\n"
        "鹿児島県,試験村,,,union,多い,1,1,1\n"
    )
    [report] = load(path)
    assert (report.added, [finding.line for finding in report.refused]) == (2, [4, 5])
    town = Insurer.objects.get(prefecture_id="46", name="試験市")
    assert (town.number and town.number[:5], town.number_status) == (code[:5], "derived")
    assert town.counts == {"ins1": {"total": 100, "65_74": 60}, "certified": {"total": 20, "25": 2}}
    union = Insurer.objects.get(prefecture_id="46", name="試験広域連合")
    assert (union.number, union.number_status, union.is_wide_area) == (None, "unknown", True)

    enter_insurer_number("46", "試験広域連合", "469999")
    assert counts(load(path)[0]) == (0, 0, 2, 0)
    union.refresh_from_db()
    assert (union.number, union.number_status) == ("469999", "entered")
