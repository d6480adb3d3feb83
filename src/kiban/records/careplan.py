"""ケアプラン: 居宅サービス計画書 第1表 to 第3表, in the fields of ケアプランデータ連携標準仕様 V4.1 §3.2–3.5."""

from __future__ import annotations

from kiban.records.codes import LEVELS, OFFICE_NUMBER, OFFICE_NUMBER_FORM, numbered
from kiban.records.fields import Code, Date, Number, Rows, Text
from kiban.records.items import Group, Item, Kind, Sender, ordered

PLAN_KINDS = {
    "11": "初回", "12": "紹介", "21": "継続", "51": "初回＆紹介", "52": "初回＆継続", "53": "紹介＆継続",
    "54": "初回＆紹介＆継続",
}  # fmt: skip
REASONS = numbered("一人暮らし", "家族等が障害、疾病等", "その他")
WEEKDAYS = numbered("月", "火", "水", "木", "金", "土", "日")
INSURED = {"Y": "対象", "N": "対象外"}


def _time(name: str, label: str) -> Number:
    return Number(name, label, max_length=4, pattern=r"([01][0-9]|2[0-4])[0-5][0-9]", form="0900 のような4けたの時刻")


PLAN = Item(
    key="careplan.plan",
    label="ケアプラン",
    source="ケアプランデータ連携標準仕様 V4.1 第1表・第2表・第3表",
    groups=(
        Group(
            "第1表 計画",
            (
                Date("made_on", "居宅サービス計画作成(変更)日", required=True),
                Date("first_made_on", "初回居宅サービス計画作成日"),
                Code("plan_kind", "計画書区分", codes=PLAN_KINDS),
                Text("author", "居宅サービス計画作成者氏名", max_length=100, required=True),
                Number(
                    "office_number",
                    "居宅介護支援事業所番号",
                    max_length=10,
                    pattern=OFFICE_NUMBER,
                    form=OFFICE_NUMBER_FORM,
                    required=True,
                ),
                Text("office_name", "居宅介護支援事業所名", max_length=200, required=True),
                Code("application_state", "認定状況区分", codes=numbered("申請中", "認定済")),
                Date("certified_on", "認定日"),
                Date("certified_from", "認定有効期間開始日"),
                Date("certified_until", "認定有効期間終了日"),
                Code("care_level", "要介護状態区分", codes=LEVELS),
            ),
        ),
        Group(
            "第1表 意向と方針",
            (
                Text(
                    "intention",
                    "利用者及び家族の生活に対する意向を踏まえた課題分析の結果",
                    max_length=4000,
                    shows_nothing=True,
                ),
                Text("board_opinion", "介護認定審査会の意見及びサービスの種類の指定", max_length=2000),
                Text("policy", "総合的な援助の方針", max_length=4000, shows_nothing=True),
                Code("housework_reason", "生活援助中心型の算定理由", codes=REASONS),
                Text("housework_reason_other", "生活援助中心型のその他の理由", max_length=400),
            ),
        ),
        Group(
            "第2表",
            (
                Rows(
                    "services",
                    "ニーズ・目標・サービス",
                    fields=(
                        Text("need", "課題(ニーズ)", max_length=1000),
                        Text("long_goal", "長期目標", max_length=1000),
                        Text("long_period", "長期目標の期間", max_length=100),
                        Text("short_goal", "短期目標", max_length=1000),
                        Text("short_period", "短期目標の期間", max_length=100),
                        Text("content", "サービス内容", max_length=1000),
                        Code("insured", "保険給付の対象", codes=INSURED),
                        Text("service", "サービス種別", max_length=100),
                        Text("provider", "事業所", max_length=200),
                        Text("frequency", "頻度", max_length=100),
                        Text("period", "期間", max_length=100),
                    ),
                    most=100,
                    required=True,
                ),
            ),
        ),
        Group(
            "第3表",
            (
                Rows(
                    "week",
                    "週間サービス",
                    fields=(
                        Code("weekday", "曜日", codes=WEEKDAYS, required=True),
                        _time("starts_at", "開始時刻"),
                        _time("ends_at", "終了時刻"),
                        Text("content", "介護サービス内容", max_length=200, required=True),
                    ),
                    most=100,
                ),
                Rows(
                    "activities",
                    "主な日常生活上の活動",
                    fields=(
                        _time("starts_at", "開始時刻"),
                        _time("ends_at", "終了時刻"),
                        Text("activity", "活動", max_length=200, required=True),
                    ),
                    most=50,
                ),
                Text("other_services", "週単位以外のサービス", max_length=2000),
            ),
        ),
        Group(
            "説明・同意・交付",
            (
                Date("agreed_on", "利用者の同意日", shows_nothing=True),
                Date("delivered_on", "交付日", shows_nothing=True),
            ),
        ),
    ),
    checks=(
        ordered("certified_from", "certified_until"),
        ordered("first_made_on", "made_on", "初回居宅サービス計画作成日が作成(変更)日より後です。"),
    ),
    valid_from="made_on",
    entry=("office_number", "made_on"),
    sender=Sender.OFFICE,
    sender_field="office_number",
)

KIND = Kind("careplan", "ケアプラン", 5, (PLAN,))
