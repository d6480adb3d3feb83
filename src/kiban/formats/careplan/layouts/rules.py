"""Rules over several columns of one row. Each is a function of the values as they stand in the file."""

from __future__ import annotations

import calendar

from kiban.formats.careplan.layouts import codes
from kiban.formats.careplan.layouts.columns import RowRule
from kiban.formats.careplan.layouts.faults import Code, Problem, Severity
from kiban.formats.careplan.layouts.forms import day_of, month_in_words, month_of

EMPTY_DAY, EMPTY_MONTH = "0" * 8, "0" * 6
GRAND_TOTAL, GRAND_TOTAL_OFFICE = "999999", "9999999999"
SUBTOTALS = ("AAAA", "EEEE", "ZZZZ")


def ordered(first: int, last: int, reason: str) -> RowRule:
    """Two dates that may be the same day, the second not before the first."""

    def problem(first: str, second: str) -> Problem | None:
        begins, ends = day_of(first), day_of(second)
        if begins and ends and ends < begins:
            return Problem(Code.DATE_ORDER, reason, "2つの日付を見比べて、誤っているほうを直します。")
        return None

    return RowRule((first, last), problem, last)


def detail(code_at: int, codes_wanting: str, text_at: int, reason: str) -> RowRule:
    """A code that wants an explanation in another column."""

    def problem(code: str, text: str) -> Problem | None:
        if code == codes_wanting and not text.strip():
            return Problem(Code.DETAIL_MISSING, reason, "内容を書き加えて、作り直します。", Severity.WARNING)
        return None

    return RowRule((code_at, text_at), problem, text_at)


def day_in_month(month_at: int, day_at: int) -> RowRule:
    """第6表: the day of service lies in the service month."""

    def problem(month: str, day: str) -> Problem | None:
        if month_of(month) and day_of(day) and not day.startswith(month):
            return Problem(
                Code.DAY_NOT_IN_MONTH,
                f"サービス利用日が{int(day[4:6])}月で、対象年月({month_in_words(month)})の日ではありません。",
                "利用日か対象年月の誤っているほうを直します。別の月の分は、別のファイルに分けます。",
            )
        return None

    return RowRule((month_at, day_at), problem, day_at)


def pro_rata(month_at: int, days_at: int) -> RowRule:
    """第6表 No. 11: no mark after the end of the month."""

    def problem(month: str, days: str) -> Problem | None:
        found = month_of(month)
        if found and len(days) == 31 and "1" in days[calendar.monthrange(*found)[1] :]:
            return Problem(
                Code.DAY_NOT_IN_MONTH,
                "日割対象日に、その月にない日の印があります。",
                "左から1日、2日…の順に1か0を並べ、月末のあとは0にします。",
            )
        return None

    return RowRule((month_at, days_at), problem, days_at)


def times(start_at: int, end_at: int) -> RowRule:
    """第6表: a service has two times or none; an end before the start is a service over midnight, or a slip."""

    def problem(start: str, end: str) -> Problem | None:
        if (start == "9999") != (end == "9999") and start and end:
            return Problem(
                Code.TIME_HALF,
                "開始時刻と終了時刻の片方だけが9999(時刻なし)です。",
                "時刻を示すサービスは両方の時刻を、示さないサービスは両方に9999を書きます。",
            )
        if start.isdigit() and end.isdigit() and len(start) == len(end) == 4 and end < start:
            return Problem(
                Code.TIME_ORDER,
                "終了時刻が開始時刻より前です。",
                "夜中の0時をまたぐサービスなら、このままで構いません。そうでなければ時刻を直します。",
                Severity.INFO,
            )
        return None

    return RowRule((start_at, end_at), problem, end_at)


def equipment(service_at: int, tais_at: int, notified_at: int) -> RowRule:
    """福祉用具貸与 (17, 67): TAISコード or 福祉用具届出コード must be there."""

    def problem(service: str, tais: str, notified: str) -> Problem | None:
        if service[:2] in codes.EQUIPMENT and service[2:] not in SUBTOTALS and not tais and not notified:
            return Problem(
                Code.TAIS_MISSING,
                "福祉用具貸与の行なのに、TAISコードも福祉用具届出コードもありません。",
                "用具のTAISコード(例 00001-000010)、ない用具は届出コードを入れて、作り直します。",
            )
        return None

    return RowRule((service_at, tais_at, notified_at), problem, tais_at)


def line_number(service_at: int, number_at: int) -> RowRule:
    """第6表 No. 19 明細判別コード: only with 17 福祉用具貸与 (and 67, its 介護予防 form)."""

    def problem(service: str, number: str) -> Problem | None:
        if number and service[:2] not in codes.EQUIPMENT:
            return Problem(
                Code.LINE_NUMBER,
                "明細判別コードは福祉用具貸与だけに付ける番号ですが、ほかのサービスに付いています。",
                "福祉用具貸与でない行では空白にします。",
                Severity.WARNING,
            )
        return None

    return RowRule((service_at, number_at), problem, number_at)


def grand_total(office_at: int, service_at: int) -> RowRule:
    """第7表: 999999 and 9999999999 stand together."""

    def problem(office: str, service: str) -> Problem | None:
        if office and service and (office == GRAND_TOTAL_OFFICE) != (service == GRAND_TOTAL):
            return Problem(
                Code.GRAND_TOTAL_OFFICE,
                "合計の行は、サービス事業所コードが9999999999、サービスコードが999999の組み合わせですが、片方だけです。",
                "合計の行なら両方をそろえ、合計でない行なら事業所とサービスの番号に直します。",
            )
        return None

    return RowRule((office_at, service_at), problem, service_at)


def set_mark(day_at: int, month_at: int) -> RowRule:
    """利用者補足情報: goes with a plan (month all zero) or with a 利用票 (day all zero)."""

    def problem(day: str, month: str) -> Problem | None:
        if day and month and (day == EMPTY_DAY) == (month == EMPTY_MONTH):
            both = "両方とも0" if day == EMPTY_DAY else "両方に値"
            return Problem(
                Code.SET_MARK,
                f"居宅サービス計画作成(変更)日と対象年月が、{both}になっています。",
                "第1〜3表といっしょに送るときは対象年月を000000に、第6・7表といっしょに送るときは作成(変更)日を"
                "00000000にします。どちらか片方だけを0にします。",
            )
        return None

    return RowRule((day_at, month_at), problem, month_at)


def slots(first: int, count: int, step: int) -> RowRule:
    """利用者補足情報: the slots by kind of service are filled from the first one upward."""
    places = tuple(first + step * at for at in range(count))

    def problem(*kinds: str) -> Problem | None:
        filled = [bool(kind) for kind in kinds]
        if filled == sorted(filled, reverse=True):
            return None
        return Problem(
            Code.SLOT_GAP,
            f"サービス種類ごとの支給限度の{filled.index(False) + 1}番目が空いたまま、後ろの番号に書かれています。",
            "1番目から順に詰めて書きます。",
            Severity.WARNING,
        )

    return RowRule(places, problem, first)


def something(columns: tuple[int, ...], reason: str) -> RowRule:
    """At least one of the columns is filled."""

    def problem(*values: str) -> Problem | None:
        if any(values):
            return None
        return Problem(Code.GROUP_EMPTY, reason, "何も書くことのない行は、除いて作り直します。", Severity.WARNING)

    return RowRule(columns, problem, columns[0])
