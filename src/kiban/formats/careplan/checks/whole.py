"""What is said of a file as a whole, of its name against its rows, and of rows that are none."""

from __future__ import annotations

import csv
import errno
from collections.abc import Iterator

from kiban.formats.careplan.checks.cells import Extra, KnownOffice
from kiban.formats.careplan.checks.collecting import Collector
from kiban.formats.careplan.layouts import kinds
from kiban.formats.careplan.layouts.columns import Column, Edition, Kind, Layout
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity, Who
from kiban.formats.careplan.layouts.forms import month_of
from kiban.formats.careplan.layouts.names import FileName
from kiban.formats.careplan.layouts.rows import Lines
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH
from kiban.formats.careplan.layouts.sources import Source

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


def offices(name: FileName, known: KnownOffice, into: Collector) -> None:
    """The offices in a file's name."""
    for whose, office in (("送る側", name.sender), ("受ける側", name.receiver)):
        if len(office) == 10 and not known(office):
            into.add(
                Problem(
                    Code.OFFICE_UNKNOWN,
                    f"ファイルの名前の{whose}の事業所番号({office})が、手もとの事業所の一覧にありません。",
                    "番号の打ち間違いがないか確かめてください。新しい事業所なら、一覧を新しくしてください。",
                    Severity.WARNING,
                    Who.US,
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


def other_edition(width: int, other: int) -> Problem:
    """A row with the columns of another edition."""
    return Problem(
        Code.MIXED_VERSIONS,
        f"このファイルの行は{width}列ですが、この行だけ別の版の{other}列です。1つのファイルに版を混ぜてはいけません。",
        "4.1版の行だけでファイルを作り直します。",
    )


def versions(layout: Layout, met: dict[str, int], into: Collector) -> None:
    """The CSVバージョン: one a file, and which."""
    met = {raw: line for raw, line in met.items() if len(raw) == 6 and raw.isascii() and raw.isdigit()}
    if not met:
        return
    column = layout.column(1)
    first, *others = sorted(met, key=met.__getitem__)
    for other in others:
        into.add(
            Problem(
                Code.MIXED_VERSIONS,
                f"この行は版の番号が{other}ですが、はじめの行は{first}です。1つのファイルに版を混ぜてはいけません。",
                "版ごとにファイルを分けるか、全部を4.1版(202407)で作り直します。",
            ),
            met[other],
            column,
        )
    _version(layout, first, met[first], column, into)


def _version(layout: Layout, version: str, line: int, column: Column, into: Collector) -> None:
    update = "送る側のソフトを4.1版(版の番号202407)に更新します。"
    if version in kinds.OLD:
        newest = "" if version == Edition.V3_2.value else "。この版の並びは分かっていないので、3.2版の並びで読みました"
        guessed = "。3.2版の列の並びは改版の説明から推定したものです" if layout.inferred else ""
        into.add(
            Problem(
                Code.OLD_VERSION,
                f"旧版({kinds.VERSIONS[version]}、版の番号{version})のファイルです。読みましたが、今の版は4.1版です"
                f"{newest}{guessed}。",
                f"{update}旧版だけのソフトは、2027年1月に予定される移行のあと連携に使えなくなります。",
                Severity.WARNING,
            ),
            line,
            column,
        )
        if layout.edition is Edition.V4_1:
            into.add(_version_layout(version, layout.width, "4.1版の"), line, column)
        return
    if version == "202504":
        into.add(
            Problem(
                Code.OLD_VERSION,
                "版の番号202504は4.0版のもので、4.1版で202407に改められました。並びは同じとみて読みました。",
                update,
                Severity.WARNING,
            ),
            line,
            column,
        )
    elif version != kinds.CURRENT:
        hint = {
            "202410": "4.1版が出た月ですが、標準仕様が定める4.1版の番号は202407です。",
            "202404": "標準仕様書の別表の例にある誤りです。4.1版の番号は202407です。",
        }.get(version, "標準仕様のどの版の番号でもありません。4.1版の番号は202407です。")
        into.add(Problem(Code.VERSION_UNKNOWN, f"版の番号が{version}です。{hint}", update), line, column)
    if layout.edition is Edition.V3_2:
        into.add(_version_layout(version, layout.width, "旧版(3.2版)の"), line, column)


def _version_layout(version: str, width: int, whose: str) -> Problem:
    return Problem(
        Code.VERSION_LAYOUT,
        f"版の番号({version})と列の数が合いません。{width}列は{whose}並びです。その並びで読みました。",
        "送る側のソフトの会社に、版の番号と列の数が合わないことを伝えます。",
    )


def months(layout: Layout, name: FileName | None, met: dict[str, int], into: Collector) -> None:
    """The service month: one a file, and the one of the name."""
    if not layout.month:
        return
    column = layout.column(layout.month)
    met = {raw: line for raw, line in met.items() if month_of(raw) or raw == EMPTY_MONTH}
    named = name.month if name else None
    order = sorted(met, key=met.__getitem__)
    right = named if named in met else (order[0] if order else None)
    others = [raw for raw in order if raw != right]
    for other in others:
        into.add(
            Problem(
                Code.TWO_MONTHS,
                f"1つのファイルに2つの月({_month(right or '')}と{_month(other)})が入っています。",
                "1つのファイルは1か月分です。月ごとに分けて、書き出し直します。",
            ),
            met[other],
            column,
        )
    if named and right and named != right:
        into.add(
            Problem(
                Code.MONTH_NOT_NAME,
                f"ファイルの名前は{_month(named)}ですが、行は{_month(right)}です。",
                "どちらの月の分か確かめて、名前を変えずに書き出し直します。",
            ),
            met[right],
            column,
        )


def _month(raw: str) -> str:
    found = month_of(raw)
    return f"{found[0]}年{found[1]}月" if found else "「月なし(000000)」"


def of_sender(layout: Layout, column: Column, name: FileName | None) -> Iterator[Extra]:
    """実績 are of the office that sends them and of the kind of service in the name."""
    if name is None or layout.kind not in (Kind.ACTUAL, Kind.ACTUAL_DELETE):
        return
    sender, service = name.sender, name.sender_service

    def office(raw: str) -> Problem | None:
        if raw == sender:
            return None
        return Problem(
            Code.OFFICE_NOT_SENDER,
            f"ファイルを送る事業所({sender})と違う事業所の実績です。",
            "ほかの事業所の実績が混ざっていないか確かめてください。預かって送る実績なら、このままで構いません。",
            Severity.WARNING,
        )

    def kind(raw: str) -> Problem | None:
        if raw[:2] == service:
            return None
        return Problem(
            Code.SERVICE_NOT_SENDER,
            f"ファイルの名前のサービス種類({service})と違う種類({raw[:2]})のサービスです。",
            "実績は、事業所番号とサービス種類ごとに1つのファイルにします。分けて書き出し直します。",
            Severity.WARNING,
        )

    if column.name == "サービス事業者コード":
        yield office
    elif column.name in ("サービスコード", "サービス種類コード") and service not in (None, "43"):
        yield kind


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
