"""職員名簿: reading the employer's list of staff (CSV), as it comes from Excel or a payroll program.

UTF-8 with or without mark, or Shift_JIS (CP932). What cannot be read is told by line and column, all of it at once;
nothing is taken over from a file with a fault in it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kiban.formats.kinds_of_file import AS_CSV, other_encoding, other_format, separated_otherwise
from kiban.formats.leftovers import fitted, is_blank
from kiban.registry.numbers import NumberSlipError, plain, tidied
from kiban.registry.text import kana_key, search_key
from kiban.terms import wareki

NAME, KANA, JOB, HIRED, LEFT = "氏名", "フリガナ", "職種", "採用日", "退職日"
OFFICE, LOGIN_ID = "事業所番号", "職員ID"
MUST, MAY = (NAME, KANA, JOB, HIRED, LEFT), (OFFICE, LOGIN_ID)

LARGEST = 2 * 1024 * 1024  # bytes
MOST_ROWS = 5_000
LONGEST_NAME = 60
MOST_FAULTS = 50  # shown of one file; more help nobody
AHEAD = timedelta(days=366)
NOT_IN_CP932 = re.compile("[\x80\uf8f0-\uf8f3]")  # Python reads bytes that stand for nothing as these

SAMPLE = (
    "氏名,フリガナ,職種,採用日,退職日,事業所番号,職員ID\r\n"
    "試験 花子,シケン ハナコ,介護支援専門員,2020-04-01,,,\r\n"
    "試験 太郎,シケン タロウ,介護福祉士/生活相談員,令和3年10月1日,,,\r\n"
    "試験 次郎,シケン ジロウ,看護師,2019/4/1,2026/3/31,,\r\n"
)
# As staff lists call what our list of 職種 calls otherwise.
ALSO_CALLED = {
    "ケアマネ": "care_manager",
    "ケアマネジャー": "care_manager",
    "ケアマネージャー": "care_manager",
    "主任ケアマネジャー": "chief_care_manager",
    "主任ケアマネージャー": "chief_care_manager",
    "ヘルパー": "home_helper",
    "ホームヘルパー": "home_helper",
    "相談員": "life_counselor",
    "PT": "physical_therapist",
    "OT": "occupational_therapist",
    "ST": "speech_therapist",
    "管理栄養士": "dietitian",
    "栄養士": "dietitian",
    "事務": "clerk",
    "事務員": "clerk",
    "介護員": "care_staff",
    "施設長": "manager",
    "所長": "manager",
}


Wrong = Callable[[str, str, str], None]  # column, what, remedy


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file, where, and what to do. ``line`` counts from 1; ``None``: the whole file."""

    line: int | None
    column: str
    what: str
    remedy: str


class StaffListError(Exception):
    """A list that cannot be used."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("the staff list cannot be used")
        self.faults = list(faults)


@dataclass(frozen=True)
class Row:
    """One person of the list. ``left`` is the last day (退職日)."""

    line: int
    name: str
    kana: str
    jobs: tuple[str, ...]  # codes of 職種
    hired: date
    left: date | None
    office: str
    login_id: str

    @property
    def who(self) -> tuple[str, ...]:
        """What tells one person of a list from another."""
        return (self.login_id,) if self.login_id else (search_key(self.name), kana_key(self.kana))


def read(content: bytes, jobs: Mapping[str, str], as_of: date) -> list[Row]:
    """The rows of a list.

    Args:
        jobs: names of 職種 → code.
        as_of: the day the list is of.

    Raises:
        StaffListError: with all that is wrong.
    """
    rows, faults = [], []
    names = {search_key(name): code for name, code in {**ALSO_CALLED, **jobs}.items()}
    for result in _rows(decoded(content), names, as_of):
        if isinstance(result, Row):
            rows.append(result)
        else:
            faults.append(result)
    faults += _twice(rows)
    if faults:
        raise StaffListError(*sorted(faults, key=lambda fault: fault.line or 0))
    if not rows:
        raise StaffListError(
            Fault(None, "", "職員が一人も書かれていません。", "見出しの次の行から、一人を1行に書きます。")
        )
    return rows


def decoded(content: bytes) -> str:
    """The text of a file. Raises StaffListError when it is not text, or has a character that cannot be read."""
    if not content.strip():
        raise StaffListError(Fault(None, "", "ファイルの中身が空です。", "ファイルを確かめて、選び直してください。"))
    if len(content) > LARGEST:
        what = f"ファイルが大きすぎます({len(content):,}バイト)。"
        raise StaffListError(Fault(None, "", what, "職員の名簿だけを、2MBまでのCSVにしてください。"))
    if other := other_format(content):
        raise StaffListError(Fault(None, "", f"{other.what}です。", other.remedy))
    body = content.removeprefix(codecs.BOM_UTF8)
    tried = ["utf-8"] if body != content else ["utf-8", "cp932"]
    reached = 0
    for encoding in tried:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
            continue
        unread = NOT_IN_CP932.search(text) if encoding == "cp932" else None
        if unread is None:
            return text
        reached = max(reached, len(text[: unread.start()].encode(encoding)))
    line = body.count(b"\n", 0, reached) + 1
    before = body[body.rfind(b"\n", 0, reached) + 1 : reached]
    at = min(len(before.decode(encoding, "replace")) for encoding in tried) + 1
    if other := other_encoding(body):
        raise StaffListError(Fault(None, "", f"{other.what}です。", other.remedy))
    raise StaffListError(Fault(line, "", f"{at}文字目のあたりに、読めない文字があります。", AS_CSV))


def _rows(text: str, jobs: Mapping[str, str], as_of: date) -> Iterator[Row | Fault]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        first = next((cells for cells in reader if not is_blank(cells)), [])
        heading = [_plain(cell) for cell in first]
        if not set(MUST) <= set(heading) and (said := separated_otherwise(",".join(first))):
            raise StaffListError(Fault(1, "", said, AS_CSV))
        positions = _positions(heading)
        line = reader.line_num + 1
        for count, cells in enumerate(reader):
            if count >= MOST_ROWS:
                yield Fault(line, "", f"{MOST_ROWS:,}行を超えています。", "職員の名簿だけにしてください。")
                return
            if not is_blank(cells):
                if len(fitted(cells, len(heading))) > len(heading):
                    what = f"列の数が見出しより多くなっています({len(heading)}列のところ{len(cells)}列)。"
                    yield Fault(line, "", what, '文章の中の「,」は、欄全体を「"」で囲んでください。')
                else:
                    yield from _row(line, {name: _cell(cells, at) for name, at in positions.items()}, jobs, as_of)
            line = reader.line_num + 1
    except csv.Error:
        yield Fault(
            reader.line_num, "", '引用符「"」が閉じていません。', '文章の中の「"」は「""」と2つ書いてください。'
        )


def _positions(heading: list[str]) -> dict[str, int]:
    """Where each column is. Raises StaffListError."""
    faults = []
    for name in MUST:
        if name not in heading:
            what = f"1行目の見出しに「{name}」がありません。"
            remedy = f"1行目に「{','.join(MUST)}」と書いてください。順番は自由で、ほかの列があってもかまいません。"
            faults.append(Fault(1, name, what, remedy))
    for name in (*MUST, *MAY):
        if heading.count(name) > 1:
            faults.append(Fault(1, name, f"見出しに「{name}」が2つあります。", "1つにしてください。"))
    if faults:
        raise StaffListError(*faults)
    return {name: heading.index(name) for name in (*MUST, *MAY) if name in heading}


def _row(line: int, cells: dict[str, str], jobs: Mapping[str, str], as_of: date) -> Iterator[Row | Fault]:
    faults: list[Fault] = []

    def wrong(column: str, what: str, remedy: str) -> None:
        faults.append(Fault(line, column, what, remedy))

    for column in (NAME, KANA):
        if len(cells[column]) > LONGEST_NAME or any(
            unicodedata.category(character) == "Cc" for character in cells[column]
        ):
            wrong(column, "長すぎるか、改行が入っています。", f"{LONGEST_NAME}文字までの氏名だけを書いてください。")
    if not cells[NAME]:
        wrong(NAME, "空白です。", "氏名を書いてください。")
    hired, left = (_day(cells[column], column, wrong) for column in (HIRED, LEFT))
    if not cells[HIRED]:
        wrong(HIRED, "空白です。", "働き始めた日を書いてください。例: 2020-04-01、令和2年4月1日")
    if hired and left and left < hired:
        wrong(LEFT, "退職日が採用日より前です。", "採用日と退職日を確かめてください。")
    if hired and hired > as_of + AHEAD:
        wrong(HIRED, "採用日が、名簿の基準日の1年より先です。", "年を確かめてください。")
    codes = _jobs(cells[JOB], jobs, wrong)
    office = _office(cells.get(OFFICE, ""), wrong)
    if faults:
        yield from faults
    elif hired is not None:
        login_id = cells.get(LOGIN_ID, "").lower()
        yield Row(line, cells[NAME], cells[KANA], tuple(dict.fromkeys(codes)), hired, left, office, login_id)


def _office(cell: str, wrong: Wrong) -> str:
    """The number of an office or, for the staff of a municipality, of an insurer."""
    try:
        kind = "保険者番号" if len(plain(cell)) in (6, 8) else "事業所番号"
        number = tidied(kind, cell)
    except NumberSlipError as slip:
        wrong(OFFICE, slip.reason, slip.remedy)
        return ""
    if number and not re.fullmatch(r"[0-9]{6}|[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7}", number):
        wrong(OFFICE, "事業所番号として読めません。", "10けたの番号を書くか、空けておいてください。先頭の0も要ります。")
    return number


def _jobs(cell: str, jobs: Mapping[str, str], wrong: Wrong) -> list[str]:
    """The codes of the 職種 a cell names."""
    if not cell:
        remedy = "職種を書いてください。2つあるときは「介護福祉士/生活相談員」のように「/」で区切ります。"
        wrong(JOB, "空白です。", remedy)
    codes = []
    for word in filter(None, map(str.strip, re.split(r"[/、,]", cell))):
        if code := jobs.get(search_key(word)):
            codes.append(code)
        else:
            wrong(JOB, f"「{word[:30]}」という職種はありません。", "下の「書ける職種」の中の名前で書いてください。")
    return codes


def _twice(rows: list[Row]) -> Iterator[Fault]:
    """A person stands in a list once."""
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = (row.office, *row.who)
        if key in first:
            column = LOGIN_ID if row.login_id else NAME
            what = f"{first[key].line}行目と同じ人です。"
            remedy = "一人を1行にしてください。職種が2つあるときは、職種の欄に「/」で区切って書きます。"
            if not row.login_id:
                remedy += "同じ氏名の別の人のときは、フリガナか職員IDで分けてください。"
            yield Fault(row.line, column, what, remedy)
        else:
            first[key] = row


def _day(text: str, column: str, wrong: Wrong) -> date | None:
    if not text:
        return None
    try:
        return wareki.parse(text).day
    except wareki.WarekiError as error:
        wrong(column, f"「{text[:20]}」は日付として読めません。", str(error))
        return None


def _cell(cells: list[str], at: int) -> str:
    return _plain(cells[at]) if at < len(cells) else ""


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().strip("\ufeff")
