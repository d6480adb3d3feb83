"""介護予防: the file kinds new in V4 (annex CSVファイルレイアウト定義書).

Two mark columns, 必須 and 必要, whose difference the standard does not define: ● is both, 必要 the second only.
"""

from __future__ import annotations

from collections.abc import Iterator

from kiban.formats.careplan.layouts import codes, rules
from kiban.formats.careplan.layouts.columns import Draft, Grade, Kind, Layout, Need, c, numbered
from kiban.formats.careplan.layouts.forms import Whole
from kiban.formats.careplan.layouts.shapes import BIRTH, DAY, INSURED, INSURER, NUMBER_TO_99, PHONE, TEXT, VERSION, code

BOTH, NEEDED = Need.REQUIRED_BOTH, Need.NEEDED
CONTACTS = 4
MAY_BE_OTHER = "送る側のソフトによっては、住所でないものが入る"
FIELDS_OF_LIFE = (
    "運動・移動",
    "日常生活(家庭生活)",
    "社会参加、対人関係・コミュニケーション",
    "健康管理",
)
CHECKED = ("運動不足", "栄養改善", "口腔内ケア", "閉じこもり予防", "物忘れ予防", "うつ予防")


def _head(last: str) -> tuple[Draft, ...]:
    """The columns that link: every record of 介護予防 begins with them."""
    return (
        c("CSVバージョン", VERSION, BOTH),
        c("保険者番号", INSURER, BOTH),
        c("被保険者番号", INSURED, BOTH),
        c(last, DAY, BOTH),
    )


def _contacts() -> Iterator[Draft]:
    for n in range(1, CONTACTS + 1):
        yield c(f"{n} 緊急連絡先(氏名)")
        yield c(f"{n} 緊急連絡先(続柄)")
        yield c(f"{n} 緊急連絡先(住所)", note=MAY_BE_OTHER)
        yield c(f"{n} 緊急連絡先(電話番号)", PHONE)


def _life() -> Iterator[Draft]:
    for field in FIELDS_OF_LIFE:
        yield c(f"【{field}】現在の状況")
        yield c(f"【{field}】本人・家族の意欲・意向")
        yield c(f"【{field}】領域における課題の有無", code(1, codes.THERE))
        yield c(f"【{field}】領域における課題（背景・原因）")


BASIC = Layout(
    Kind.BASIC,
    "介護予防 利用者基本情報",
    numbered(
        (
            *_head("相談日"),
            c("計画種類", code(1, codes.PREVENTION_PLAN), BOTH),
            c("委託の有無", code(1, codes.ENTRUSTED), NEEDED, "センターも居宅介護支援事業所も同じに書く"),
            c("作成担当者"),
            c("相談方法", code(2, codes.CONSULTED_HOW), note="03のときは次の欄に内容を書く"),
            c("相談方法(その他の内容)"),
            c("相談回数", code(2, codes.CONSULTED_BEFORE)),
            c("前回相談日", DAY),
            c("利用者の現況", code(2, codes.PRESENT_STATE), note="02のときは次の欄に補足を書く"),
            c("利用者の現況(状況補足)"),
            c("利用者氏名ﾌﾘｶﾞﾅ", TEXT, BOTH),
            c("利用者氏名", TEXT, BOTH),
            c("利用者性別", code(1, codes.SEX), BOTH),
            c("利用者生年月日", BIRTH, BOTH),
            c("利用者住所", note="1つの欄。郵便番号はない"),
            c("利用者電話番号", PHONE),
            c("利用者Fax番号", PHONE),
            c("障害高齢者の日常生活自立度", code(2, codes.PHYSICAL_INDEPENDENCE)),
            c("認知症高齢者の日常生活自立度", code(2, codes.DEMENTIA_INDEPENDENCE)),
            c("要介護状態区分", code(2, codes.CARE_LEVEL_BASIC), note="06事業対象者はない"),
            c("認定有効期限開始日", DAY, note="印刷のとおりの名前"),
            c("認定有効期間終了日", DAY),
            c("前回の介護度", code(2, codes.CARE_LEVEL_BASIC)),
            c("基本チェックリスト記入結果", code(1, codes.CHECK_LIST)),
            c("基本チェックリスト記入日", DAY),
            *(c(f"障害等認定 ({name})", code(1, codes.APPLIES)) for name in ("身障", "療育", "精神", "難病")),
            c("障害等認定特記事項"),
            c("居住形態", code(2, codes.DWELLING)),
            c("自室の階数", Whole(2)),
            c("住宅改修の有無", code(1, codes.THERE)),
            *(
                c(f"経済状況 ({name})", code(1, codes.APPLIES))
                for name in ("国民年金", "厚生年金", "障害年金", "生活保護")
            ),
            c("経済状況詳細"),
            c("来所者(相談者)氏名"),
            c("来所者(相談者)住所", note=MAY_BE_OTHER),
            c("来所者(相談者)電話番号", PHONE),
            c("来所者(相談者)続柄"),
            *_contacts(),
            c("家族構成 画像ファイル名", note="いっしょに送るJPEGの名前"),
            c("家族関係等の状況"),
            c("今までの生活"),
            c("１日の生活・すごし方(生活全般)"),
            c("趣味・楽しみ・特技"),
            c("友人・地域との関係"),
            c("現在利用している公的サービス"),
            c("現在利用している非公的サービス"),
            c("同意日", DAY),
            c("同意者氏名"),
        ),
        grade=Grade.B,
        keys=(1, 2, 3, 4),
    ),
    link=(2, 3, 4),
    unique=(2, 3, 4),
    rules=(
        rules.ordered(11, 4, "相談日が、前回の相談日より前です。"),
        rules.ordered(24, 25, "認定有効期間終了日が、開始日より前です。"),
        rules.detail(8, "03", 9, "相談方法が「その他」なのに、内容が書かれていません。"),
        rules.detail(12, "02", 13, "利用者の現況が「入院又は入所中」なのに、補足が書かれていません。"),
    ),
    about="別表1、別表2、家族構成の画像がいっしょに付く。",
)
IMAGE_COLUMN = 62

BASIC_DAY = Layout(
    Kind.BASIC_DAY,
    "介護予防 利用者基本情報（別表1）タイムスケジュール",
    numbered(
        (
            *_head("相談日"),
            c("時間", note="自由な書き方。例 6:00"),
            c("本人の生活状況"),
            c("介護者・家族の生活状況"),
        ),
        grade=Grade.B,
        keys=(1, 2, 3, 4),
    ),
    link=(2, 3, 4),
)

BASIC_HISTORY = Layout(
    Kind.BASIC_HISTORY,
    "介護予防 利用者基本情報（別表2）現病歴・既往歴",
    numbered(
        (
            *_head("相談日"),
            c("年月日", note="自由な書き方。例 H12年10月、2023/6"),
            c("病名"),
            c("医療機関・医師名"),
            c("主治医・意見作成者フラグ", code(1, codes.PRIMARY_PHYSICIAN)),
            c("医療機関・医師電話番号", PHONE),
            c("経過", code(2, codes.COURSE)),
            c("治療中の内容"),
        ),
        grade=Grade.B,
        keys=(1, 2, 3, 4),
    ),
    link=(2, 3, 4),
)

BASIC_DELETE = Layout(
    Kind.BASIC_DELETE,
    "介護予防 利用者基本情報_削除",
    numbered(_head("相談日"), grade=Grade.B, keys=(1, 2, 3, 4)),
    link=(2, 3, 4),
    unique=(2, 3, 4),
    about="別表1、別表2、画像も消える。",
)

PREVENTION = Layout(
    Kind.PREVENTION,
    "介護予防サービス・支援計画書",
    numbered(
        (
            *_head("計画作成(変更)日"),
            c("計画種類", code(1, codes.PREVENTION_PLAN), BOTH),
            c("委託の有無", code(1, codes.ENTRUSTED), NEEDED),
            c("整理番号"),
            c("利用者名", TEXT, BOTH),
            c("認定年月日", DAY),
            c("認定有効期間開始日", DAY),
            c("認定有効期間終了日", DAY),
            c("計画書区分", code(2, codes.PLAN_TYPE)),
            c("認定状況区分", code(1, codes.CERTIFICATION_STATE)),
            c("要支援状態区分", code(1, codes.SUPPORT_LEVEL), note="ほかの表の要介護状態区分とは別のコード"),
            c("計画作成者氏名（地域包括支援センター担当者名）"),
            c("計画作成者氏名（担当介護支援専門員名）"),
            c("計画作成者事業者・事業所名", note="事業所名でないものが入ることがある"),
            c("計画作成者事業者・事業所住所"),
            c("計画作成者事業者・事業所電話番号", PHONE),
            c("初回作成日", DAY),
            c("担当地域包括支援センター"),
            c("目標とする生活(1日)"),
            c("目標とする生活(1年)"),
            *_life(),
            c("健康状態の留意点"),
            c("妥当な支援の実施に向けた方針"),
            c("総合的な方針"),
            *(c(f"基本チェックリストの該当数 ({name})", Whole(1), note="数") for name in CHECKED),
            *(c(f"事業プログラムの要否 ({name})", code(1, codes.NEEDED)) for name in CHECKED),
            c("地域包括支援センター意見"),
            c("同意日", DAY),
            c("同意者氏名"),
        ),
        grade=Grade.B,
        keys=(1, 2, 3, 4),
    ),
    link=(2, 3, 4),
    unique=(2, 3, 4),
    rules=(
        rules.ordered(10, 11, "認定有効期間終了日が、開始日より前です。"),
        rules.ordered(20, 4, "計画作成(変更)日が、初回作成日より前です。"),
    ),
    about="別表(支援計画)がいっしょに付く。",
)

PREVENTION_LINES = Layout(
    Kind.PREVENTION_LINES,
    "介護予防サービス・支援計画書（別表）支援計画",
    numbered(
        (
            *_head("計画作成(変更)日"),
            c("課題ＮＯ", NUMBER_TO_99),
            c("総合的課題"),
            c("課題に対する目標と具体策の提案"),
            c("具体策についての意向 本人・家族"),
            c("目標"),
            c("支援計画ＮＯ", NUMBER_TO_99),
            c("【支援計画】目標についての支援のポイント"),
            c("【支援計画】本人等のセルフケアや家族の支援、インフォーマルサービス（民間サービス）"),
            c("【支援計画】介護保険サービス又は地域支援事業（総合事業のサービス）"),
            c("利用サービスＮＯ", NUMBER_TO_99),
            c("【利用サービス】サービス種別"),
            c("【利用サービス】事業所(利用先)"),
            c("【利用サービス】期間"),
        ),
        grade=Grade.B,
        keys=(1, 2, 3, 4),
    ),
    link=(2, 3, 4),
    unique=(2, 3, 4, 5, 10, 14),
    about="1つの課題に支援計画がいくつもあるときは、課題の欄ははじめの行だけに書く。利用サービスも同じ。",
)

PREVENTION_DELETE = Layout(
    Kind.PREVENTION_DELETE,
    "介護予防サービス・支援計画書_削除",
    numbered(_head("計画作成(変更)日"), grade=Grade.B, keys=(1, 2, 3, 4)),
    link=(2, 3, 4),
    unique=(2, 3, 4),
    about="別表も消える。",
)

LAYOUTS = (
    BASIC,
    BASIC_DAY,
    BASIC_HISTORY,
    BASIC_DELETE,
    PREVENTION,
    PREVENTION_LINES,
    PREVENTION_DELETE,
)
