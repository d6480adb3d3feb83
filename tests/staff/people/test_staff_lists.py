"""名簿との照合: what is wrong with a list is told exactly; what it shows is settled finding by finding."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.registry.models import JobType
from kiban.staff.models import Account, Employment, Invitation, Session, StaffListCheck
from kiban.staff.people import invitations, staff_list
from kiban.staff.people.staff_list import Fault, StaffListError
from tests.staff.office import Browser, Office, hire
from tests.staff.people.acts import typed
from tests.world import days, today

HEADING = "氏名,フリガナ,職種,採用日,退職日"
GOOD = "試験 花子,シケン ハナコ,看護師,2020-04-01,"


def read(content: str | bytes) -> list[staff_list.Row]:
    jobs = {job.name: job.code for job in JobType.objects.all()}
    return staff_list.read(content.encode() if isinstance(content, str) else content, jobs, today())


def faults(content: str | bytes) -> list[Fault]:
    with pytest.raises(StaffListError) as caught:
        read(content)
    return caught.value.faults


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_usual_encoding_is_read(encoding: str, end: str) -> None:
    (row,) = read(end.join([HEADING, "髙橋 花子,ﾀｶﾊｼ ﾊﾅｺ,ケアマネジャー,R2.4.1,令和8年3月31日", ""]).encode(encoding))
    assert (row.line, row.name, row.kana, row.jobs) == (2, "髙橋 花子", "タカハシ ハナコ", ("care_manager",))
    assert (row.hired, row.left) == (date(2020, 4, 1), date(2026, 3, 31))


def test_columns_stand_in_any_order_and_others_are_passed_over() -> None:
    heading = "賃金,職員ID,退職日,採用日,職種,フリガナ,氏名,事業所番号"
    text = f"{heading}\n1,Taro-1,,2020/4/1,介護福祉士/生活相談員,,試験 太郎,1379900001\n"
    (row,) = read(text)
    assert (row.login_id, row.jobs, row.office) == ("taro-1", ("care_worker", "life_counselor"), "1379900001")


def test_the_sample_can_be_read() -> None:
    assert len(read("\ufeff" + staff_list.SAMPLE)) == 3


def xlsx() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "line", "column", "what"),
    [
        (b"", None, "", "空です"),
        (b"\n\n", None, "", "空です"),
        (f"{HEADING}\n", None, "", "一人も"),
        (xlsx(), None, "", "Excel"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 40, None, "", "Excel"),
        (f"{HEADING}\n{GOOD}\n".encode("utf-16"), None, "", "Unicode"),
        (b"MZ\x90\x00\x03\x00", None, "", "文字でない内容のファイル"),
        (f"{HEADING}\n{GOOD}\n".replace(",", "\t"), 1, "", "コンマではなくタブで区切られています"),
        (f"{HEADING}\n{GOOD}\n".replace(",", ";"), 1, "", "コンマではなくセミコロン(;)で区切られています"),
        (f"{HEADING}\n{GOOD}\n".encode("euc_jp"), None, "", "EUC-JP"),
        (f"{HEADING}\n{GOOD}\n".encode("iso2022_jp"), None, "", "JIS"),
        (f"{HEADING}\n{GOOD}\n".encode("utf-16-le"), None, "", "UTF-16"),
        (b"x" * (staff_list.LARGEST + 1), None, "", "大きすぎます"),
        (f"{HEADING}\n試験 ".encode("cp932") + b"\xff\xff", 2, "", "4文字目"),
        (f"\ufeff{HEADING}\n".encode() + GOOD.encode("cp932"), 2, "", "読めない文字"),
        (f"氏名,フリガナ,採用日,退職日\n{GOOD}\n", 1, "職種", "「職種」がありません"),
        (f"{HEADING},氏名\n{GOOD},x\n", 1, "氏名", "2つあります"),
        (f"{HEADING}\n,,看護師,2020-04-01,\n", 2, "氏名", "空白"),
        (f"{HEADING}\n{GOOD.replace('看護師', '')}\n", 2, "職種", "空白"),
        (f"{HEADING}\n{GOOD.replace('看護師', '魔法使い')}\n", 2, "職種", "「魔法使い」という職種はありません"),
        (f"{HEADING}\n{GOOD.replace('2020-04-01', '')}\n", 2, "採用日", "空白"),
        (f"{HEADING}\n{GOOD.replace('2020-04-01', '2020-02-30')}\n", 2, "採用日", "日付として読めません"),
        (f"{HEADING}\n{GOOD.replace('2020-04-01', '45383')}\n", 2, "採用日", "日付として読めません"),
        (f"{HEADING}\n{GOOD.replace('2020-04-01', '2120-04-01')}\n", 2, "採用日", "1年より先"),
        (f"{HEADING}\n{GOOD}2020-03-31\n", 2, "退職日", "採用日より前"),
        (f"{HEADING}\n{GOOD}\n試験　花子,ｼｹﾝ ﾊﾅｺ,医師,2021-04-01,\n", 3, "氏名", "2行目と同じ人"),
        (f"{HEADING}\n{GOOD},余り\n", 2, "", "列の数"),
        (f'{HEADING}\n"試験 花子,x,看護師,2020-04-01,\n', 2, "", "引用符"),
        (f"{HEADING}\n" + "\n".join(GOOD.replace("花子", f"花{n}") for n in range(5001)), 5002, "", "5,000行"),
        (f"{HEADING}\n{GOOD.replace('試験 花子', 'あ' * 61)}\n", 2, "氏名", "長すぎる"),
        (f"{HEADING},事業所番号\n{GOOD},12\n", 2, "事業所番号", "読めません"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(
    content: str | bytes, line: int | None, column: str, what: str
) -> None:
    found = faults(content)
    assert [(fault.line, fault.column) for fault in found] == [(line, column)]
    assert what in found[0].what
    assert found[0].remedy


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = faults(f"{HEADING}\n,,魔法使い,いつか,\n{GOOD}\n{GOOD}\n")
    assert [(fault.line, fault.column) for fault in found] == [
        (2, "氏名"),
        (2, "採用日"),
        (2, "職種"),
        (4, "氏名"),
    ]


JOBS = {"看護師": "nurse", "医師": "physician"}
CELLS = st.text(st.sampled_from('試験 花子/,"\n\r12-令和年月日看護師\u3000\ufeff\x00髙𠮷é'), max_size=12)


@given(st.one_of(st.binary(max_size=200), st.lists(st.lists(CELLS, max_size=7), max_size=6)))
@settings(max_examples=200, deadline=None)
def test_whatever_is_chosen_is_read_or_told(chosen: bytes | list[list[str]]) -> None:
    if isinstance(chosen, bytes):
        content = chosen
    else:
        content = "\n".join([HEADING, *(",".join(cells) for cells in chosen)]).encode()
    try:
        rows = staff_list.read(content, JOBS, today())
    except StaffListError as error:
        assert error.faults
        assert all(fault.what and fault.remedy for fault in error.faults)
    else:
        assert rows
        assert all(row.name and row.jobs and (row.left is None or row.left >= row.hired) for row in rows)


def test_two_people_of_one_name_are_told_apart_by_kana_or_id() -> None:
    rows = read(f"{HEADING},職員ID\n{GOOD},\n試験 花子,シケン カコ,看護師,2020-04-01,,\n{GOOD},other\n")
    assert len(rows) == 3


def listed(employment: Employment, job: str = "", left: date | None = None) -> str:
    """The line of a list that agrees with an employment, or differs in what is given."""
    account = employment.account
    return f"{account.name},,{job or employment.job_type.name},{employment.starts_on},{left or ''},,{account.login_id}"


def upload(browser: Browser, *lines: str) -> tuple[str, StaffListCheck | None]:
    """The page after the upload, and the check it made."""
    text = "\r\n".join([f"{HEADING},事業所番号,職員ID", *lines])
    file = io.BytesIO(text.encode("cp932"))
    file.name = "meibo.csv"
    answer = browser.post("/staff/lists/", {"file": file, **typed("as_of", days(0))}, follow=True)
    found = re.search(r"/staff/lists/(\d+)/", answer.request["PATH_INFO"])
    return answer.content.decode(), found and StaffListCheck.objects.get(pk=found[1])


def test_a_list_that_agrees_finds_nothing_and_is_kept_dated(administrator: Employment, browser: Browser) -> None:
    page, check = upload(browser, listed(administrator))
    assert "違いはありませんでした" in page
    assert check is not None
    assert (check.rows, check.findings, check.as_of, check.checked_by) == (1, [], days(0), administrator.account)
    assert f"/staff/lists/{check.pk}/" in browser.get("/staff/lists/").content.decode()


def test_a_bad_list_changes_and_keeps_nothing(office: Office, browser: Browser) -> None:
    page, check = upload(browser, "試験 花子,,魔法使い,2020-04-01,,,")
    assert check is None
    assert "meibo.csv" in page
    assert "2行目" in page
    assert not StaffListCheck.objects.filter(organisation=office.id).exists()


def test_the_rows_of_other_offices_are_passed_over(office: Office, administrator: Employment, browser: Browser) -> None:
    page, check = upload(browser, listed(administrator), "試験 他所,,看護師,2020-04-01,,1399999999,")
    assert "ほかの事業所の1行" in page
    assert check is not None
    assert check.findings == []
    page, check = upload(browser, "試験 他所,,看護師,2020-04-01,,1399999999,")
    assert check is None
    assert f"この事業所({office.number})の行が一つもありません" in page


def test_whoever_is_not_on_the_list_is_ended_by_one_click(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    gone = hire(office)
    other = office.browser()
    other.sign_in(gone.account)
    page, check = upload(browser, listed(administrator))
    assert check is not None
    assert check.findings == [{"kind": "not_on_list", "employment": gone.pk}]
    assert gone.account.name in page
    gone.refresh_from_db()
    assert gone.ends_on is None, "nothing is changed by itself"
    page = browser.post(f"/staff/lists/{check.pk}/0/", follow=True).content.decode()
    assert "所属を終えました" in page
    assert "済み" in page
    gone.refresh_from_db()
    assert (gone.ends_on, gone.ended_by) == (days(0), administrator.account)
    assert not Session.objects.filter(account=gone.account).exists()
    assert "もう済んでいます" in browser.post(f"/staff/lists/{check.pk}/0/", follow=True).content.decode()


def test_whoever_left_or_will_leave_gets_the_day_of_the_list(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    left, leaving, known = hire(office), hire(office), hire(office, ends_on=days(6))
    _, check = upload(
        browser,
        listed(administrator),
        listed(left, left=days(-3)),
        listed(leaving, left=days(20)),
        listed(known, left=days(5)),
    )
    assert check is not None
    assert [(one["kind"], one["employment"]) for one in check.findings] == [("left", left.pk), ("last_day", leaving.pk)]
    for number in (0, 1):
        browser.post(f"/staff/lists/{check.pk}/{number}/")
    left.refresh_from_db()
    leaving.refresh_from_db()
    assert (left.ends_on, leaving.ends_on) == (days(-2), days(21))


def test_another_job_is_changed_by_one_click(office: Office, administrator: Employment, browser: Browser) -> None:
    nurse = hire(office, "nurse")
    page, check = upload(browser, listed(administrator), listed(nurse, job="ケアマネ"))
    assert "名簿は介護支援専門員(ここでは看護師)" in page
    assert check is not None
    browser.post(f"/staff/lists/{check.pk}/0/")
    assert Employment.objects.in_force(days(0)).get(account=nurse.account).job_type_id == "care_manager"


def test_somebody_without_an_account_is_invited_from_the_list(administrator: Employment, browser: Browser) -> None:
    page, check = upload(browser, listed(administrator), "試験 新子,シケン シンコ,看護師,2020-04-01,,,")
    assert check is not None
    assert check.findings == [{"kind": "no_account", "line": 3}], "no name is kept"
    assert "試験 新子" in page
    address = f"/staff/invitations/add/?list={check.pk}&line=3"
    assert address.replace("&", "&amp;") in page
    form = browser.get(address).content.decode()
    assert "試験 新子" in form
    given = {"name": "試験 新子", "job_type": "nurse", "level": "general", **typed("starts_on", days(0))}
    browser.post(address, given)
    assert Invitation.objects.filter(name="試験 新子", organisation=check.organisation).exists()
    check.refresh_from_db()
    assert check.findings[0]["settled"] == "acted"
    browser.post("/sign-out/")
    browser.sign_in(administrator.account)
    assert "試験 新子" not in browser.get(f"/staff/lists/{check.pk}/").content.decode(), "known in that session only"


def test_all_without_an_account_are_invited_together_and_their_letters_shown_once(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    rows = [f"試験 {name},,看護師,2020-04-01,,," for name in ("一子", "二子", "三子")]
    page, check = upload(browser, listed(administrator), *rows)
    assert check is not None
    waiting = [one for one in check.findings if one["kind"] == "no_account"]
    assert f"{len(waiting)}名をまとめて招待し" in page
    browser.post(f"/staff/lists/{check.pk}/invite/")
    shown = browser.post(f"/staff/lists/{check.pk}/invite/", follow=True).content.decode()  # the button pressed twice
    keys = re.findall(r'kb-number">([a-z0-9-]{19})<', shown)
    made = {invitations.hashed(key) for key in keys}
    invited = Invitation.objects.filter(organisation=check.organisation, level="general", token_hash__in=made)
    assert {one.name for one in invited} == {"試験 一子", "試験 二子", "試験 三子"}
    assert shown.count("kb-letter") == len(keys) == 3
    assert "その画面は一度だけ" in browser.get("/staff/invitations/letters/", follow=True).content.decode()
    again = browser.post(f"/staff/lists/{check.pk}/invite/", follow=True).content.decode()
    assert "招待した人はいません" in again
    assert Invitation.objects.filter(organisation=check.organisation).count() == 3


def test_who_bears_the_name_of_a_colleague_is_not_invited_in_the_heap(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    _, check = upload(
        browser, listed(administrator), "試験 同名,,看護師,2020-04-01,,,", "試験 新子,,看護師,2020-04-01,,,"
    )
    assert check is not None
    Account.objects.filter(pk=hire(office).account_id).update(name="試験 同名")
    shown = browser.post(f"/staff/lists/{check.pk}/invite/", follow=True).content.decode()
    assert "試験 同名さん: 同じ氏名の職員がいます" in shown
    assert [one.name for one in Invitation.objects.filter(organisation=check.organisation)] == ["試験 新子"]


def test_what_is_right_as_it_is_stays_and_is_noted(office: Office, administrator: Employment, browser: Browser) -> None:
    visiting = hire(office, "physician")
    _, check = upload(browser, listed(administrator))
    assert check is not None
    page = browser.post(f"/staff/lists/{check.pk}/0/", {"keep": ""}, follow=True).content.decode()
    assert "このままでよい(" in page
    visiting.refresh_from_db()
    assert visiting.ends_on is None


def test_of_two_with_one_name_nobody_is_guessed(office: Office, administrator: Employment, browser: Browser) -> None:
    twins = hire(office), hire(office)
    Account.objects.filter(pk__in=[one.account_id for one in twins]).update(name="試験 双子")
    _, check = upload(browser, listed(administrator), "試験 双子,,介護支援専門員,2020-04-01,,,")
    assert check is not None
    assert [one["kind"] for one in check.findings] == ["ambiguous"]


def test_levels_hold_here_too(office: Office, administrator: Employment, browser: Browser) -> None:
    above = hire(office, "manager", level="office")
    _, check = upload(browser, listed(administrator))
    assert check is not None
    page = browser.post(f"/staff/lists/{check.pk}/0/", follow=True).content.decode()
    assert "この人は事業所ユーザです" in page
    above.refresh_from_db()
    assert above.ends_on is None
    check.refresh_from_db()
    assert "settled" not in check.findings[0]


def test_another_offices_checks_do_not_exist(
    make_office: Callable[[], Office], administrator: Employment, browser: Browser
) -> None:
    _, check = upload(browser, listed(administrator))
    assert check is not None
    other = make_office()
    theirs = other.browser()
    theirs.sign_in(hire(other, level="administrator").account)
    assert theirs.get(f"/staff/lists/{check.pk}/").status_code == 404
    assert theirs.post(f"/staff/lists/{check.pk}/0/").status_code == 404
    assert browser.post(f"/staff/lists/{check.pk}/7/").status_code == 404


def test_the_sample_is_a_file_excel_reads(browser: Browser) -> None:
    answer = browser.get("/staff/lists/sample/")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer["Content-Disposition"]
