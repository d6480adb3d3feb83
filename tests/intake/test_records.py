"""Records: versions, corrections, the same file twice, bad rows beside good ones."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiban.intake import load as loading
from kiban.intake import rows as reading
from kiban.intake.layouts import layout
from kiban.intake.load import load_file, write_faults
from kiban.records import kinds, versions
from tests.intake.conftest import Desk
from tests.records.strategies import contents


def test_a_row_becomes_a_version_with_validity_and_source(desk: Desk) -> None:
    desk.people(1)
    report = desk.bring("certification.result", desk.result(1, board_opinion='特になし\t"\\n" 髙﨑'))
    assert (report.rows, report.added, report.changed, report.unchanged, report.faulty) == (1, 1, 0, 0, 0)
    (version,) = desk.versions(1)
    assert (version["entry"], version["history_no"], version["version"]) == ("", 1, 1)
    assert (version["valid_from"], version["valid_to"]) == (dt.date(2026, 4, 1), dt.date(2027, 4, 1))
    assert version["source"] == f"insurer:{desk.insurer}"
    assert version["superseded_at"] is None
    assert version["load_id"] == report.load_id
    assert version["content"]["board_opinion"] == '特になし\t"\\n" 髙﨑'
    assert version["digest"] == versions.digest(version["valid_from"], version["valid_to"], version["content"])
    assert kinds.item("certification.result").problems(version["content"]) == []


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_content_arrives_as_it_was_sent(desk: Desk, data: st.DataObject) -> None:
    """Through file, COPY and jsonb and back, for every item; what its checks refuse is refused here too."""
    item = data.draw(st.sampled_from(kinds.items()))
    content = data.draw(contents(item))
    number = desk.world.one("SELECT nextval('intake_load_id_seq')")
    desk.bring("persons", desk.person(number))
    row = {name: item.by_name[name].write(value) for name, value in content.items()}
    report = desk.bring(item.key, {"insured_no": f"{number:010}", **row})
    if item.problems(content):
        assert (report.faulty, desk.versions(number, item.key)) == (1, [])
        return
    (version,) = desk.versions(number, item.key)
    assert version["content"] == content
    assert (version["valid_from"], version["valid_to"]) == item.validity(content)
    assert version["entry"] == item.entry_of(content)
    assert version["digest"] == versions.digest(*item.validity(content), content)


def test_the_same_file_twice_changes_nothing_and_says_so(desk: Desk) -> None:
    desk.people(2)
    path = desk.file(desk.text("certification.result", [desk.result(1), desk.result(2)]))
    load_file(path)
    before = desk.state()
    again = load_file(path)
    assert again.already
    assert (again.rows, again.added, again.changed) == (0, 0, 0)
    assert desk.state() == before


def test_the_same_rows_in_another_file_change_nothing(desk: Desk) -> None:
    desk.people(1)
    desk.bring("certification.result", desk.result(1))
    before = desk.state()
    other = desk.text("certification.result", [desk.result(1, valid_from="令和8年4月1日")])
    report = load_file(desk.file(other, encoding="cp932"))
    assert (report.unchanged, report.added, report.changed, report.already) == (1, 0, 0, "")
    assert desk.state() == before


def test_a_correction_is_the_next_version_with_its_reason(desk: Desk) -> None:
    desk.people(1)
    desk.bring("certification.result", desk.result(1))
    report = desk.bring("certification.result", desk.result(1, care_level="24", reason="入力誤り"))
    assert (report.changed, report.added) == (1, 0)
    desk.bring("certification.result", desk.result(1, care_level="25"))
    first, second, third = desk.versions(1)
    assert [first["reason"], second["reason"], third["reason"]] == ["", "入力誤り", "再送による訂正"]
    assert [one["content"]["care_level"] for one in (first, second, third)] == ["23", "24", "25"]
    assert [one["superseded_at"] is None for one in (first, second, third)] == [False, False, True]
    desk.bring("certification.result", desk.result(1, care_level="23", valid_from="2026-04-01"))
    assert desk.versions(1)[-1]["version"] == 4, "sent back to what it was: a correction as well"


def test_another_history_number_is_another_record(desk: Desk) -> None:
    desk.people(1)
    desk.bring("certification.result", desk.result(1), desk.result(1, history_no="2", care_level="25"))
    assert [(one["history_no"], one["version"], one["superseded_at"]) for one in desk.versions(1)] == [
        (1, 1, None),
        (2, 1, None),
    ]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2), st.sampled_from(["21", "22", "99"])), max_size=12),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 5),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_versions_follow_the_order_of_the_rows(
    world: Any, tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[int, int, str]]], batch: int
) -> None:
    """Whatever the size of a batch: the same as taking row after row by hand."""
    desk = Desk(world, tmp_path_factory.mktemp("desk"), world.insurer())
    desk.people(2)
    model: dict[tuple[int, int], list[str]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "ROWS", batch)
        patch.setattr(reading, "BLOCK", 1)
        patch.setattr(loading, "TURNS", 2)
        for number, rows in enumerate(files):
            expected = [0, 0, 0, 0]
            for person, history, level in rows:
                known = model.setdefault((person, history), [])
                if person == 3 or level == "99":
                    expected[3] += 1
                elif known and known[-1] == level:
                    expected[2] += 1
                else:
                    expected[1 if known else 0] += 1
                    known.append(level)
            if not rows:
                continue
            sent = [desk.result(p, history_no=str(h), care_level=level) for p, h, level in rows]
            sent[0]["board_opinion"] = ""
            path = desk.file(desk.text("certification.result", sent) + "\r\n" * number)  # no two files alike
            report = load_file(path)
            assert [report.added, report.changed, report.unchanged, report.faulty] == expected
    for (person, history), levels in model.items():
        found = [one for one in desk.versions(person) if one["history_no"] == history]
        assert [one["content"]["care_level"] for one in found] == levels
        assert [one["version"] for one in found] == list(range(1, len(levels) + 1))
        assert [one["superseded_at"] is None for one in found] == [False] * (len(levels) - 1) + [True] * bool(levels)


def test_a_bad_row_never_stops_the_good_ones(desk: Desk) -> None:
    desk.people(9)
    rows = [desk.result(number) for number in range(1, 9)]
    rows[1]["care_level"] = "要介護9"
    rows[2]["applied_on"] = ""
    rows[3]["valid_until"] = "20250101"
    rows[4]["insured_no"] = "12345"
    rows[5]["insurer_no"] = desk.world.insurer()
    rows[6]["insured_no"] = "９９９９９９９９９９"
    text = desk.text("certification.result", rows).replace("\r\n", "\r\nひとつ,ふたつ\r\n", 1)
    report = load_file(desk.file(text))
    assert (report.rows, report.added, report.faulty) == (9, 2, 7)
    labels = [field.label for field in layout("certification.result").fields]
    seen = [(fault.line, fault.heading, fault.value_class) for fault in report.faults]
    assert seen == [
        (2, "", ""),
        (4, "要介護度", "全角を含む文字4文字"),
        (5, "申請日", "空白"),
        (6, "有効期間終了日", "数字8桁"),
        (7, "被保険者番号", "数字5桁"),
        (8, "保険者番号", "数字6桁"),
        (9, "被保険者番号", ""),
    ]
    for fault in report.faults:
        assert fault.column == (labels.index(fault.heading) + 1 if fault.heading else 0)
        assert fault.reason
        assert fault.remedy


def test_every_fault_of_a_row_is_told_at_once(desk: Desk) -> None:
    desk.people(1)
    report = desk.bring("certification.result", desk.result(1, care_level="x", applied_on="y", state=""))
    assert report.faulty == 1
    assert [fault.heading for fault in report.faults] == ["要介護度", "申請日", "認定状況"]


def test_people_first_then_the_rows_that_were_bad_are_done_and_no_others(desk: Desk) -> None:
    desk.people(1)
    rows = [desk.result(1), desk.result(2), desk.result(1, care_level="24"), desk.result(3, care_level="x")]
    path = desk.file(desk.text("certification.result", rows))
    first = load_file(path)
    assert (first.added, first.changed, first.faulty) == (1, 1, 2)
    assert "先に「被保険者」のファイルを" in first.faults[0].remedy
    assert first.faults[0].line == 3
    desk.bring("persons", desk.person(2))
    second = load_file(path)
    assert second.retried
    assert (second.rows, second.added, second.faulty) == (2, 1, 1)
    assert [one["content"]["care_level"] for one in desk.versions(1)] == ["23", "24"], "the good rows are not redone"
    third = load_file(path)
    assert (third.rows, third.added, third.faulty) == (1, 0, 1)
    open_faults = desk.world.one(
        "SELECT count(*) FROM intake_error WHERE load_id = %s AND settled_at IS NULL", first.load_id
    )
    assert open_faults == 1


def test_a_personal_number_is_rejected_and_stays_nowhere(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    desk.people(1)
    twelve, checked = "123456789010", "123456789018"
    rows = [
        {**desk.result(1), "insured_no": twelve},
        desk.result(1, board_opinion=f"番号 {checked}"),
        desk.result(1, history_no="7"),
    ]
    report = load_file(desk.file(desk.text("certification.result", rows)))
    assert (report.added, report.faulty) == (1, 2)
    assert all("個人番号" in fault.reason for fault in report.faults)
    write_faults([report], desk.folder / "errors.csv")
    written = (desk.folder / "errors.csv").read_text(encoding="utf-8-sig")
    output = "".join(capfd.readouterr())
    everything = json.dumps([desk.state(), report.faults], default=str) + written + output
    tables = desk.world.connection.execute(
        "SELECT row_to_json(e)::text FROM intake_error AS e UNION ALL SELECT row_to_json(l)::text FROM intake_load AS l"
    )
    everything += "".join(text for (text,) in tables)
    assert twelve not in everything
    assert checked not in everything


def test_the_file_of_errors(desk: Desk) -> None:
    desk.people(1)
    path = desk.file(desk.text("certification.result", [desk.result(1, care_level="試験花子")]), name="認定.csv")
    report = load_file(path)
    write_faults([report], desk.folder / "errors.csv")
    raw = (desk.folder / "errors.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert rows[0] == ["ファイル", "行", "列番号", "列名", "値の種類", "理由", "直し方"]
    assert rows[1][:5] == ["認定.csv", "2", "4", "要介護度", "全角を含む文字4文字"]
    assert "試験花子" not in raw.decode("utf-8-sig")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encodings_and_line_ends(desk: Desk, encoding: str, end: str) -> None:
    desk.people(2)
    text = desk.text("certification.result", [desk.result(1, board_opinion="①髙﨑～"), desk.result(2)])
    report = load_file(desk.file(text.replace("\r\n", end), encoding=encoding))
    assert (report.added, report.faulty) == (2, 0)
    assert desk.versions(1)[0]["content"]["board_opinion"] == "①髙﨑～"


@pytest.mark.parametrize("junk", [b"\xff\xfe", b"\x81\x20", b"\x80A", b"\x01A"])
def test_bytes_that_are_no_text_cost_one_row(desk: Desk, junk: bytes) -> None:
    desk.people(3)
    text = desk.text("certification.result", [desk.result(n, board_opinion="印") for n in (1, 2, 3)])
    content = text.encode("cp932")
    at = content.index("印".encode("cp932"), content.index(b"0000000002"))
    report = load_file(desk.file(content[:at] + junk + content[at + 2 :]))
    assert (report.added, report.faulty) == (2, 1)
    assert report.faults[0].value_class == "文字として読めない"


def test_rows_of_several_insurers_where_offices_send(desk: Desk) -> None:
    desk.people(1)
    other = Desk(desk.world, desk.folder, desk.world.insurer())
    other.people(1)
    plan = {
        "made_on": "20260401",
        "author": "試験 職員",
        "office_number": "1379900001",
        "office_name": "試験事業所",
        "services": "歩きたい",
    }
    rows = [{**plan, "insured_no": "0000000001"}, {**plan, "insured_no": "0000000001", "insurer_no": other.insurer}]
    report = load_file(desk.file(desk.text("careplan.plan", rows)))
    assert (report.added, report.insurer) == (2, "")
    (version,) = other.versions(1, "careplan.plan")
    assert version["source"] == "office:1379900001"
    assert version["entry"] == "1379900001/2026-04-01"
    assert version["valid_from"] == dt.date(2026, 4, 1)


def test_a_plan_its_office_took_back_comes_again(desk: Desk) -> None:
    """Then no version is in force: the next one goes on counting."""
    desk.people(1)
    plan = {
        "insured_no": "0000000001",
        "made_on": "20260401",
        "author": "試験 職員",
        "office_number": "1379900001",
        "office_name": "試験事業所",
        "services": "歩きたい",
    }
    desk.bring("careplan.plan", plan)
    desk.world.run(
        "UPDATE care.record SET superseded_at = clock_timestamp() WHERE insured_key = care.insured_key(%s, %s)",
        desk.insurer,
        "0000000001",
    )
    report = desk.bring("careplan.plan", plan, {**plan, "made_on": "20260501"})
    assert (report.added, report.changed, report.unchanged, report.faulty) == (1, 1, 0, 0)
    assert [(one["entry"][-10:], one["version"]) for one in desk.versions(1, "careplan.plan")] == [
        ("2026-04-01", 1),
        ("2026-04-01", 2),
        ("2026-05-01", 1),
    ]


def test_a_welfare_number_goes_to_its_reserved_range(desk: Desk) -> None:
    desk.bring("persons", {**desk.person(1), "insured_no": "H000000012"})
    report = desk.bring("certification.result", {**desk.result(1), "insured_no": "H000000012"})
    assert report.added == 1
    key = desk.world.one("SELECT care.insured_key(%s, 'H000000012')", desk.insurer)
    assert desk.world.one("SELECT count(*) FROM care.record WHERE insured_key = %s", key) == 1


def test_a_column_that_is_not_sent_is_not_given(desk: Desk) -> None:
    desk.people(1)
    headings = ["insurer_no", "insured_no", "history_no", "applied_on", "application_kind", "state"]
    text = desk.text("certification.result", [desk.result(1)], headings=headings)
    assert load_file(desk.file(text)).added == 1
    assert desk.versions(1)[0]["content"].keys() == {"applied_on", "application_kind", "state"}
    text = desk.text("certification.result", [desk.result(1)], headings=[*headings, "care_level"])
    report = load_file(desk.file(text))
    assert [(fault.heading, fault.reason) for fault in report.faults] == [
        ("要介護度", "要介護度があるのに、有効期間開始日がありません。"),
        ("要介護度", "要介護度があるのに、認定日がありません。"),
    ], "a rule about a column the file does not have still holds"


def test_one_thing_sent_over_and_over_in_one_file(desk: Desk) -> None:
    desk.people(1)
    levels = ["21", "22"] * 15
    report = desk.bring("certification.result", *[desk.result(1, care_level=level) for level in levels])
    assert (report.added, report.changed) == (1, 29)
    assert [one["content"]["care_level"] for one in desk.versions(1)] == levels
