"""居宅介護支援: the file kinds of V4.1, column by column (annex CSVファイルレイアウト定義書).

利用者補足情報, 第6表 and 第7表 serve 介護予防 too. Marks and their grades: docs/algorithms/exchange.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from kiban.formats.careplan.layouts import codes, rules
from kiban.formats.careplan.layouts.columns import Draft, Grade, Kind, Layout, Need, c, numbered
from kiban.formats.careplan.layouts.forms import Date, Month, ServiceCode, ServiceKind, Time, Unused, Whole
from kiban.formats.careplan.layouts.shapes import (
    BIRTH,
    DAY,
    ENTERED_BY,
    EQUIPMENT_CODE,
    INSURED,
    INSURER,
    MONTH,
    NUMBER_TO_99,
    OFFICE,
    ONLY_NINES,
    PHONE,
    POSTAL,
    PRO_RATA,
    SATELLITE,
    TAIS,
    TEXT,
    UNIT_PRICE,
    VERSION,
    code,
    units,
)

MUST, LIKELY, UNSURE, WHEN = Need.REQUIRED, Need.LIKELY, Need.UNSURE, Need.CONDITION
SLOTS, SLOT_WIDTH, FIRST_SLOT = 9, 4, 20


def _head() -> tuple[Draft, ...]:
    """The three columns every record begins with."""
    return (
        c("CSVバージョン", VERSION, MUST),
        c("保険者番号", INSURER, MUST),
        c("被保険者番号", INSURED, MUST),
    )


def _slots() -> Iterator[Draft]:
    for k in range(1, SLOTS + 1):
        yield c(f"{k} サービス種類コード", ServiceKind(), note="種類別支給限度を管理するときだけ。短期入所療養介護は22")
        yield c(f"{k} 支給限度基準額", units(7))
        yield c(f"{k} 合計単位数", units(7))
        yield c(f"{k} 限度超単位数", units(7))


USER = Layout(
    Kind.USER,
    "利用者補足情報",
    numbered(
        (
            *_head(),
            c("居宅サービス計画作成（変更）日", Date(zero=True), MUST, "第1表の日。第6・7表と送るときは00000000"),
            c("利用者氏名フリガナ", TEXT, MUST, "半角か全角かは決められていない"),
            c("利用者氏名", TEXT, MUST),
            c("利用者性別", code(1, codes.SEX), MUST),
            c("利用者生年月日", BIRTH, MUST),
            c("利用者郵便番号", POSTAL),
            c("利用者住所１"),
            c("利用者住所２"),
            c("利用者電話番号", PHONE),
            c("認定日", DAY),
            c("限度額適用開始年月日", DAY),
            c("限度額適用終了年月日", DAY),
            c("認定状況区分", code(1, codes.CERTIFICATION_STATE)),
            c("要介護状態変更日", DAY),
            c("要介護状態区分", code(2, codes.CARE_LEVEL)),
            c("区分支給限度基準額", units(7)),
            *_slots(),
            c("合計限度超単位数", units(7)),
            c("入所前月迄利用日数", units(5)),
            c("入所累積利用日数", units(5)),
            c("前回要介護状態区分", code(2, codes.CARE_LEVEL)),
            c("同意書受付業者", OFFICE, note="居宅支援事業者番号"),
            c("更新業者コード", OFFICE, note="居宅支援事業者番号"),
            c("識別子", Unused()),
            c("対象年月", Month(zero=True), MUST, "第1〜3表と送るときは000000"),
        ),
        grade=Grade.B,
        keys=(1, 2, 3, 4, 63),
    ),
    link=(2, 3, 4, 63),
    unique=(2, 3, 4, 63),
    month=63,
    rules=(
        rules.set_mark(4, 63),
        rules.ordered(14, 15, "限度額適用終了年月日が、開始年月日より前です。"),
        rules.slots(FIRST_SLOT, SLOTS, SLOT_WIDTH),
    ),
    about="第1〜3表、または第6・7表といっしょに送る。",
)

PLAN1 = Layout(
    Kind.PLAN1,
    "居宅サービス計画1表",
    numbered(
        (
            *_head(),
            c("作成年月日", DAY, MUST),
            c("利用者郵便番号", POSTAL),
            c("利用者住所１"),
            c("利用者住所２"),
            c("居宅サービス計画作成者氏名", TEXT, MUST),
            c("介護支援事業者名", TEXT, MUST),
            c("介護支援事業者郵便番号", POSTAL),
            c("介護支援事業者住所１"),
            c("介護支援事業者住所２"),
            c("介護支援事業者コード", OFFICE, MUST, "居宅支援事業者番号"),
            c("居宅サービス計画作成（変更）日", DAY, MUST, "第2表、第3表、利用者補足情報と結ぶ日"),
            c("初回居宅サービス計画作成日", DAY, MUST),
            c("計画書区分", code(2, codes.PLAN_TYPE)),
            c("認定状況区分", code(1, codes.CERTIFICATION_STATE)),
            c("認定日", DAY),
            c("認定有効期間開始日", DAY),
            c("認定有効期間終了日", DAY),
            c("要介護状態区分", code(2, codes.CARE_LEVEL)),
            c("利用者及び家族の生活に対する意向を踏まえた課題分析の結果"),
            c("介護認定審査会の意見及びサービスの種類の指定"),
            c("総合的な援助の方針"),
            c("生活援助中心型の算定理由", code(1, codes.REASON_OF_HOUSEWORK)),
            c("その他理由"),
            c("更新業者コード", OFFICE, note="居宅支援事業者番号"),
            c("識別子", Unused()),
        ),
        grade=Grade.B_PLUS,
        keys=(1, 2, 3, 14),
    ),
    link=(2, 3, 14),
    unique=(2, 3, 14),
    rules=(
        rules.ordered(15, 14, "居宅サービス計画作成(変更)日が、初回の作成日より前です。"),
        rules.ordered(19, 20, "認定有効期間終了日が、開始日より前です。"),
        rules.detail(25, "3", 26, "生活援助中心型の算定理由が「その他」なのに、理由が書かれていません。"),
    ),
)

PLAN1_DELETE = Layout(
    Kind.PLAN1_DELETE,
    "居宅サービス計画1表_削除",
    numbered(
        (*_head(), c("居宅サービス計画作成（変更）日", DAY, MUST, "消す計画の日")), grade=Grade.A, keys=(1, 2, 3, 4)
    ),
    link=(2, 3, 4),
    unique=(2, 3, 4),
    about="第1表とともに、その第2表と第3表も消える。",
)

PLAN2 = Layout(
    Kind.PLAN2,
    "居宅サービス計画2表",
    numbered(
        (
            *_head(),
            c("居宅計画書作成年月日", DAY, MUST),
            c("居宅サービス計画作成（変更）日", DAY, MUST, "第1表と結ぶ日"),
            c("課題ＮＯ", NUMBER_TO_99),
            c("課題"),
            c("援助目標ＮＯ", NUMBER_TO_99, note="課題の中での番号"),
            c("長期目標"),
            c("短期目標"),
            c("長期期間", note="日付の形とは限らない"),
            c("短期期間", note="日付の形とは限らない"),
            c("援助内容ＮＯ", NUMBER_TO_99, note="目標の中での番号"),
            c("サービス内容"),
            c("保険対象区分", code(1, codes.INSURED_SERVICE), note="仕様書の例では保険外の行が空白"),
            c("サービス種別"),
            c("サービス事業者コード", OFFICE, note="保険外のサービスは空白"),
            c("サービス事業所名"),
            c("頻度"),
            c("実施期間"),
            c("更新業者コード", OFFICE, note="居宅支援事業者番号"),
            c("識別子", Unused()),
        ),
        grade=Grade.B,
        keys=(1, 2, 3, 5),
    ),
    link=(2, 3, 5),
    unique=(2, 3, 5, 6, 8, 13),
    about="援助内容1つが1行。3つの番号の順に並べると印刷の順になる。上の行と同じ課題や目標は空白でよい。",
)

PLAN3 = Layout(
    Kind.PLAN3,
    "居宅サービス計画３表",
    numbered(
        (
            *_head(),
            c("週間サービス計画表作成年月日", DAY, MUST),
            c("居宅サービス計画作成（変更）日", DAY, MUST, "第1表と結ぶ日"),
            c("介護サービス内容"),
            c("曜日", code(1, codes.WEEKDAY)),
            c("開始時間", Time()),
            c("終了時間", Time()),
            c("主な日常生活上の活動"),
            c("開始時間", Time(), note="活動の開始"),
            c("終了時間", Time(), note="活動の終了"),
            c("週単位以外のサービス"),
        ),
        grade=Grade.B,
        keys=(1, 2, 3, 5),
    ),
    link=(2, 3, 5),
    rules=(
        rules.something(
            tuple(range(6, 14)), "週間のサービス、日常生活上の活動、週単位以外のサービスのどれも書かれていない行です。"
        ),
    ),
    about="1行は、週間のサービス(6〜9)、日常生活上の活動(10〜12)、週単位以外のサービス(13)のどれか。",
)


def _sheet6(kind: Kind, title: str, about: str) -> Layout:
    return Layout(
        kind,
        title,
        numbered(
            (
                *_head(),
                c("作成年月日", DAY, MUST),
                c("対象年月", MONTH, MUST),
                c("プラン担当業者コード", OFFICE, LIKELY, "居宅支援事業者番号"),
                c("プラン担当者名", TEXT, LIKELY),
                c("単位数", units(6), UNSURE, "割引後の単位数。率の加算は実績では省け、計算できなければ0"),
                c("前月までの短期入所利用日数", units(5)),
                c("サービス利用日", DAY, MUST),
                c("日割対象日", PRO_RATA, note="日割りで請求できる日に1。日割りでなければ空白"),
                c("サービス開始時刻", Time(none=True), MUST),
                c("サービス終了時刻", Time(none=True), MUST),
                c("サービス回数", Whole(2, most=99, least=0), MUST, "その日の回数"),
                c("サービスコード", ServiceCode(), MUST),
                c("TAISコード", TAIS, WHEN, "17・67はこれか届出コード"),
                c("福祉用具届出コード", EQUIPMENT_CODE, WHEN, "TAISコードのない用具"),
                c("用具名称（機種名）"),
                c("明細判別コード", Whole(), note="17だけ。コードと単位が同じ行を1、2、3…と分ける。桁数は不明"),
                c("サービス事業者コード", OFFICE, MUST, "予定は予定の、実績は実際の事業所"),
                c("サービス事業所名"),
                c("サテライト枝番", SATELLITE),
                c("３０日超区分", code(1, codes.APPLIES), MUST),
                c("更新業者コード", OFFICE, note="予定は居宅介護支援、実績はサービスの事業所"),
                c("識別子", Unused()),
            ),
            grade=Grade.A,
            keys=(1, 2, 3, 5, 10, 15, 20),
            grades=dict.fromkeys((6, 7, 8), Grade.B),
        ),
        link=(2, 3, 5),
        unique=(2, 3, 5, 10, 12, 13, 15, 16, 17, 18, 19, 20, 22),
        month=5,
        rules=(
            rules.day_in_month(5, 10),
            rules.pro_rata(5, 11),
            rules.times(12, 13),
            rules.equipment(15, 16, 17),
            rules.line_number(15, 19),
        ),
        about=about,
    )


SCHEDULE = _sheet6(Kind.SCHEDULE, "第6表（サービス利用票） 予定", "1行は、1つのサービスコードの1日の1つの時刻。")
ACTUAL = _sheet6(Kind.ACTUAL, "第6表（サービス利用票） 実績", "予定と同じ並び。事業所が1つ送る。")

SCHEDULE_DELETE = Layout(
    Kind.SCHEDULE_DELETE,
    "第6表 予定 削除",
    numbered((*_head(), c("削除対象年月", MONTH, MUST, "サービスの月")), grade=Grade.A, keys=(1, 2, 3, 4)),
    link=(2, 3, 4),
    unique=(2, 3, 4),
    month=4,
    about="受け取った側では第7表も消える。",
)

ACTUAL_DELETE = Layout(
    Kind.ACTUAL_DELETE,
    "第6表 実績 削除",
    numbered(
        (
            *_head(),
            c("削除対象年月", MONTH, MUST, "サービスの月"),
            c("サービス事業者コード", OFFICE, MUST),
            c("サービス種類コード", ServiceKind(), MUST),
        ),
        grade=Grade.A,
        keys=(1, 2, 3, 4, 5, 6),
    ),
    link=(2, 3, 4),
    unique=(2, 3, 4, 5, 6),
    month=4,
    about="サービス種類ごとに消す。",
)

BENEFIT = Layout(
    Kind.BENEFIT,
    "第7表（サービス利用票別表）",
    numbered(
        (
            *_head(),
            c("作成年月日", DAY, MUST),
            c("対象年月", MONTH, MUST),
            c("サービス事業所名"),
            c("サービス事業所コード", OFFICE, MUST, "合計の行は9999999999"),
            c("サテライト枝番", SATELLITE),
            c("サービスコード", ServiceCode(lines=True), MUST),
            c("TAISコード", TAIS, WHEN),
            c("福祉用具届出コード", EQUIPMENT_CODE, WHEN),
            c("用具名称（機種名）"),
            c("単位数", units(6), MUST, "小計と合計の行は0"),
            c("割引後率", units(5), note="小計と合計の行は空白"),
            c("割引後単位数", units(6), note="小計と合計の行は空白"),
            c("回数／日数", units(3), MUST),
            c("サービス単位金額", units(5)),
            c("給付管理単位数", units(6), note="区分支給限度の対象外は空白"),
            c("種類支給限度基準超単位数", units(6)),
            c("種類支給限度基準内単位数", units(6)),
            c("区分支給限度基準超単位数", units(6)),
            c("区分支給限度基準内単位数", units(6)),
            c("単位数単価", UNIT_PRICE),
            c("費用総額保険／事業対象分", units(6)),
            c("給付率", units(6)),
            c("保険／事業費請求額", units(6)),
            c("定額利用者負担単価金額", units(6)),
            c("利用者負担保険／事業対象分", units(6)),
            c("利用者負担（全額負担分）", units(6)),
            c("前月までの利用日数", units(5), note="表の印刷は2、改版の説明は5"),
            c("当月の計画利用日数", units(2)),
            c("累積利用日数", units(5)),
            c("３０日超区分", code(1, codes.APPLIES), MUST),
            c("事業所コード", ONLY_NINES, note="9999999999と決まっている"),
            c("入力者コード", ENTERED_BY, note="決まりが印刷されていない"),
            c("更新業者コード", OFFICE, note="居宅介護支援事業者番号"),
            c("識別子", Unused()),
        ),
        grade=Grade.A_MINUS,
        keys=(1, 2, 3, 5, 7, 9),
    ),
    link=(2, 3, 5),
    unique=(2, 3, 5, 7, 8, 9, 10, 11, 12, 13, 33),
    month=5,
    rules=(rules.equipment(9, 10, 11), rules.grand_total(7, 9)),
    about="事業所とサービスごとの行、小計(種類＋AAAA ほか)、合計(999999)。全部の事業所の分を入れる。",
)

LAYOUTS = (
    USER,
    PLAN1,
    PLAN1_DELETE,
    PLAN2,
    PLAN3,
    SCHEDULE,
    ACTUAL,
    SCHEDULE_DELETE,
    ACTUAL_DELETE,
    BENEFIT,
)
