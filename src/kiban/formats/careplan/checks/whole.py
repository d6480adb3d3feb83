"""What is said of a file as a whole, and of rows that are none."""

from __future__ import annotations

import csv
import errno
from collections.abc import Sequence

from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.layouts import kinds
from kiban.formats.careplan.layouts.columns import Kind, Layout
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity, Who
from kiban.formats.careplan.layouts.rows import Lines
from kiban.formats.careplan.layouts.sources import Source
from kiban.formats.kinds_of_file import separated_otherwise

AGAIN = "ファイルを作り直して、もう一度送ります。"
BROKEN = Problem(
    Code.QUOTES,
    'この行から、引用符「"」の始まりと終わりが合わず、行の切れ目が分かりません。',
    '文章の中の「"」は「""」と2つ書き、文章全体を「"」で囲む決まりです。送る側のソフトの会社に伝えます。',
)
HEADER = Problem(
    Code.HEADER_LINE,
    "1行目が見出し(列の名前)です。標準仕様の例には見出しがないので、この行は読み飛ばしました。",
    "見出しを付けずに作る設定にします。受け取る側のソフトによっては取り込めません。",
    Severity.WARNING,
)
BARE = Problem(
    Code.BARE_TEXT,
    '文章の欄が「"」で囲まれていません。コンマや改行が入ると、行がこわれます。',
    '文章の欄はいつも「"」で囲む決まりです。送る側のソフトの会社に伝えます。',
    Severity.WARNING,
)


def not_text(what: str) -> Problem:
    """The file is of another format, or has nothing in it."""
    if not what:
        return Problem(Code.EMPTY_FILE, "ファイルの中身がありません(空のファイルです)。", AGAIN)
    return Problem(
        Code.NOT_EXCHANGE_FILE,
        f"{what}です。ケアプランデータ連携のCSVファイルではありません。",
        "介護ソフトから書き出したCSVファイルを、開いたり変えたりせずに選んでください。",
        who=Who.US,
    )


_WHY = {
    errno.ENOENT: "その場所にありません",
    errno.ENOTDIR: "その場所にありません",
    errno.EACCES: "読む権限がありません",
    errno.EPERM: "読む権限がありません",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.EIO: "ディスクから読み取れません",
}


def not_readable(error: Exception) -> Problem:
    """The file cannot be opened or not read to its end."""
    number = error.errno if isinstance(error, OSError) else None
    why = _WHY.get(number or 0) or (str(error.strerror) if isinstance(error, UnusableError) else "")
    return Problem(
        Code.NOT_READABLE,
        f"ファイルを開けません({why})。" if why else "ファイルを開けません。",
        "場所と名前、読む権限を確かめて、もう一度やり直します。",
        who=Who.US,
    )


class UnusableError(OSError):
    """Something that is no file, or is broken as a file. Its text is Japanese."""

    def __init__(self, why: str) -> None:
        super().__init__(0, why)


def not_exchange(width: int) -> Problem:
    """A CSV file, but of something else."""
    return Problem(
        Code.NOT_EXCHANGE_FILE,
        f"ケアプランデータ連携のファイルではないようです(1行目は{width}列で、どの種類の並びとも合いません)。",
        "介護ソフトの「ケアプランデータ連携」の画面から書き出したファイルを選んでください。",
        who=Who.US,
    )


def otherwise_separated(cells: Sequence[str]) -> Problem | None:
    """The cells of a row are separated by something other than commas; None where that is not it."""
    said = separated_otherwise(",".join(cells))
    if not said:
        return None
    return Problem(
        Code.NOT_EXCHANGE_FILE,
        f"{said}Excelなどで開いて保存し直すと、こうなることがあります。",
        "介護ソフトから書き出したファイルを、開かずにそのまま選びます。"
        "手もとにExcelで直したものしかなければ、Excelで「CSV(コンマ区切り)」を選んで保存し直します。",
        who=Who.US,
    )


def leftovers(blank: Sequence[int], wide: Sequence[int], into: Collector) -> None:
    """Rows and columns without content, which Excel adds: passed over, each told in one line."""
    if blank:
        into.add(
            Problem(
                Code.EMPTY_ROWS,
                f"中身のない行が{len(blank):,}行あります。読み飛ばしました。",
                "そのままでかまいません。受け取る側で取り込めないと言われたら、介護ソフトから書き出し直します。",
                Severity.INFO,
                Who.US,
            ),
            blank[0],
        )
    if wide:
        into.add(
            Problem(
                Code.EMPTY_COLUMNS,
                f"最後の列のあとに、空の列が付いた行が{len(wide):,}行あります。空の列は読み飛ばしました。",
                "そのままでかまいません。受け取る側で取り込めないと言われたら、介護ソフトから書き出し直します。",
                Severity.INFO,
                Who.US,
            ),
            wide[0],
        )


def other_columns(kind: Kind, width: int) -> Problem:
    """The name is right, the columns are none of the standard's."""
    title, wanted = kinds.LAYOUTS[kind].title, kinds.LAYOUTS[kind].width
    return Problem(
        Code.NOT_EXCHANGE_FILE,
        f"名前は{title}ですが、中身が標準仕様の並びではありません(標準は{wanted}列、このファイルは{width}列)。",
        "送る側のソフトが標準仕様4.1版に合っていません。ソフトの会社に、列の数が違うことを伝えます。",
    )


def kind_differs(kind: Kind, content: Kind, width: int) -> Problem:
    """The name says one kind, the columns another."""
    named, found = kinds.LAYOUTS[kind].title, kinds.LAYOUTS[content].title
    return Problem(
        Code.KIND_DIFFERS,
        f"名前は{named}({kind.value})ですが、中身は{found}の並びです({width}列)。",
        "ファイルの名前を取り違えています。名前を変えずに、介護ソフトから書き出し直します。",
    )


def no_rows(*, header: bool) -> Problem:
    """There is no row to read."""
    what = "見出しのほかに行がありません。" if header else "読める行がありません。"
    return Problem(Code.EMPTY_FILE, what, "送る内容があるか確かめて、" + AGAIN)


def utf8(mark: bool) -> Problem:
    """Written in UTF-8."""
    return Problem(
        Code.UTF8,
        f"文字コードがUTF-8{'(BOM付き)' if mark else ''}です。標準仕様はシフトJIS(MS932)で書くことになっています。"
        "ここでは読めますが、受け取る側のソフトでは文字化けすることがあります。",
        "シフトJIS(MS932)で書き出す設定にします。Excelやメモ帳で保存し直すとUTF-8になることがあります。",
        Severity.WARNING,
    )


def line_ends(lines: Lines, last: int, last_bad: bool, into: Collector) -> None:
    """How the records end, and whether the last one is whole."""
    if lines.plain_end != "\r\n":
        what = "LFだけ" if lines.plain_end == "\n" else "CRだけ"
        into.add(
            Problem(
                Code.LINE_END,
                f"行の終わりの記号が{what}です。標準仕様に決まりはありませんが、ふつうはCRとLFの2つです。ここでは読めました。",
                "取り込めないと言われたら、Windowsの改行(CR+LF)で書き出します。",
                Severity.WARNING,
            )
        )
    if lines.last.endswith((b"\n", b"\r", b"\x1a")):
        return
    if last_bad:
        into.add(
            Problem(
                Code.CUT_OFF,
                "ファイルが途中で切れています。最後の行が終わりまでありません。",
                "保存や送信の途中で止まったようです。" + AGAIN,
            ),
            last,
        )
    else:
        into.add(
            Problem(
                Code.LAST_LINE_END,
                "最後の行に改行がありません。行の中身はそろっています。",
                "件数が足りないと思ったら、送る側に行の数を確かめてください。",
                Severity.INFO,
            ),
            last,
        )


def image(source: Source, into: Collector) -> None:
    """家族構成の画像: a whole JPEG. Raises OSError."""
    with source.open() as file:
        head = file.read(3)
        tail = head
        while chunk := file.read(1 << 16):
            tail = (tail + chunk)[-64:]
    if not head:
        into.add(not_text(""))
    elif head != b"\xff\xd8\xff":
        into.add(
            Problem(
                Code.NOT_EXCHANGE_FILE,
                "名前は家族構成の画像ですが、JPEGの画像ではありません。",
                "画像をJPEGで書き出し直します。",
            )
        )
    elif b"\xff\xd9" not in tail:
        into.add(
            Problem(
                Code.CUT_OFF,
                "画像のファイルが途中で切れています。",
                "画像を付け直して、もう一度送ります。",
            )
        )


def column_count(layout: Layout, width: int) -> Problem:
    """A row with another number of columns."""
    head = f"列(コンマで区切った欄)の数が違います({layout.title}は{layout.width}列、この行は{width}列)。"
    if width > layout.width:
        remedy = '文章の中のコンマが区切りと取られたようです。文章の欄全体を「"」で囲んで作り直します。'
    else:
        remedy = (
            "行が途中で切れたか、文章の中の改行が行の終わりと取られたようです。"
            '文章の欄全体を「"」で囲んで作り直します。'
        )
    return Problem(Code.COLUMN_COUNT, head, remedy)


def duplicate(layout: Layout) -> Problem:
    """Rows that may stand in the file once only."""
    what = "、".join(f"「{layout.column(no).name}」" for no in layout.unique[2:5])
    doubtful = layout.kind in (Kind.PLAN2, Kind.SCHEDULE, Kind.ACTUAL, Kind.BENEFIT, Kind.PREVENTION_LINES)
    return Problem(
        Code.DUPLICATE,
        f"上の行と同じ利用者の同じ{what}などの行が、もう一度あります。",
        "同じものを2回入れていないか確かめて、片方を除いて作り直します。",
        Severity.WARNING if doubtful else Severity.ERROR,
    )


def character(code: Code, what: str, at: int) -> Problem:
    """A character that may not stand there."""
    where = f"{at}文字目の{what}"
    if code is Code.CHARACTER_EXTERNAL:
        return Problem(
            code,
            f"{where}は外字です。作ったパソコンでしか読めない文字なので、送れません。",
            "外字を使わずに、ふつうの字(例えば常用の字体)かカタカナに直します。",
        )
    if code is Code.CHARACTER_BROKEN:
        return Problem(
            code,
            f"{where}があります。文字化けしているか、ファイルがこわれています。",
            "元の文字を確かめて入力し直し、" + AGAIN,
        )
    return Problem(
        code,
        f"{where}は、この連携の文字コード(シフトJIS、MS932)にない文字です。",
        "MS932にある字(例えば別の字体)かカタカナに直します。",
    )


def bare_text_at(layout: Layout, row: list[str], raw: str) -> int | None:
    """The position of free text that stands without quotation marks; None when there is none."""
    marked = next(csv.reader([_keep_marks(raw)]), [])
    for at, column in enumerate(layout.columns):
        if column.is_text and row[at] and at < len(marked) and not marked[at].startswith("\x01"):
            return at
    return None


def _keep_marks(raw: str) -> str:
    """The raw row with a sign put inside every quoted field, so that it is still seen after it was taken apart."""
    text = raw.replace("\r", " ").replace("\n", " ")
    out, inside, at_start = [], False, True
    for char in text:
        if char == '"' and at_start and not inside:
            out.append('"\x01')
            inside = True
        else:
            if char == '"' and inside:
                inside = False
            elif char == '"':
                inside = True  # the second of a doubled mark
            out.append(char)
        at_start = char == "," and not inside
    return "".join(out)
