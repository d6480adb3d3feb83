"""ケアプラン: 居宅サービス計画書 第1表 to 第3表, in the fields of ケアプランデータ連携標準仕様 V4.1 §3.1–3.5.

``kiban.plans.documents`` maps these fields to the columns of the files and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiban.records.codes import LEVELS, OFFICE_NUMBER, OFFICE_NUMBER_FORM, ServiceKind, numbered
from kiban.records.fields import Code, Date, Integer, Number, Rows, Text
from kiban.records.items import Group, Item, Kind, Sender, ordered

PLAN_KINDS = {
    "11": "初回", "12": "紹介", "21": "継続", "51": "初回＆紹介", "52": "初回＆継続", "53": "紹介＆継続",
    "54": "初回＆紹介＆継続",
}  # fmt: skip
REASONS = numbered("一人暮らし", "家族等が障害、疾病等", "その他")
WEEKDAYS = numbered("月", "火", "水", "木", "金", "土", "日")
INSURED = {"Y": "対象", "N": "対象外"}
SIGNERS = {"self": "本人", "agent": "代理人", "family": "家族"}  # gate.mark_plan knows the same


@dataclass(frozen=True, slots=True)
class _Time(Number):
    """A time of day, HHMM; shown as 9:00."""

    def show(self, value: Any) -> str:
        return f"{int(value[:2])}:{value[2:]}"


def _time(name: str, label: str) -> _Time:
    return _Time(name, label, max_length=4, pattern=r"([01][0-9]|2[0-4])[0-5][0-9]", form="0900 のような4けたの時刻")


def _postal(name: str, label: str) -> Number:
    return Number(name, label, max_length=8, pattern=r"[0-9]{3}-[0-9]{4}", form="123-4567 のような郵便番号")


def _office(name: str, label: str) -> Number:
    return Number(name, label, max_length=10, pattern=r"[0-9A-Z]{10}", form=OFFICE_NUMBER_FORM, kind="事業所番号")


def _count(name: str, label: str, unit: str) -> Integer:
    return Integer(name, label, least=-9_999_999, most=9_999_999, unit=unit)


PLAN = Item(
    key="careplan.plan",
    label="ケアプラン",
    source="ケアプランデータ連携標準仕様 V4.1 第1表・第2表・第3表・利用者補足情報",
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
                    kind="事業所番号",
                    required=True,
                ),
                Text("office_name", "居宅介護支援事業所名", max_length=200, required=True),
                Code("application_state", "認定状況区分", codes=numbered("申請中", "認定済")),
                Date("certified_on", "認定日"),
                Date("certified_from", "認定有効期間開始日"),
                Date("certified_until", "認定有効期間終了日"),
                Code("care_level", "要介護状態区分", codes=LEVELS),
                Date("written_on", "第1表作成年月日"),
                _postal("office_postal", "居宅介護支援事業所の郵便番号"),
                Text("office_address1", "居宅介護支援事業所の住所１", max_length=200),
                Text("office_address2", "居宅介護支援事業所の住所２", max_length=200),
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
                        _office("provider_number", "事業所番号"),
                        Number(
                            "no",
                            "番号",
                            max_length=8,
                            pattern=r"[0-9]{0,2}-[0-9]{0,2}-[0-9]{0,2}",
                            form="課題-目標-内容の番号(1-1-2)",
                        ),
                    ),
                    most=300,
                    required=True,
                ),
                Date("table2_on", "第2表作成年月日"),
            ),
        ),
        Group(
            "第3表",
            (
                Rows(
                    "week",
                    "週間サービス",
                    fields=(
                        Code("weekday", "曜日", codes=WEEKDAYS),
                        _time("starts_at", "開始時刻"),
                        _time("ends_at", "終了時刻"),
                        Text("content", "介護サービス内容", max_length=200),
                    ),
                    most=200,
                ),
                Rows(
                    "activities",
                    "主な日常生活上の活動",
                    fields=(
                        _time("starts_at", "開始時刻"),
                        _time("ends_at", "終了時刻"),
                        Text("activity", "活動", max_length=200),
                    ),
                    most=100,
                ),
                Text("other_services", "週単位以外のサービス", max_length=2000),
                Date("table3_on", "第3表作成年月日"),
            ),
        ),
        Group(
            "説明・同意・交付",
            (
                Date("agreed_on", "利用者の同意日", shows_nothing=True),
                Code("agreed_by", "同意した人", codes=SIGNERS),
                Date("delivered_on", "交付日", shows_nothing=True),
                Text("delivered_to", "交付先", max_length=400),
            ),
        ),
        Group(
            "利用者補足情報",
            (
                _postal("user_postal", "利用者の郵便番号"),
                Text("user_address1", "利用者の住所１", max_length=200),
                Text("user_address2", "利用者の住所２", max_length=200),
                Number(
                    "user_phone",
                    "利用者の電話番号",
                    max_length=15,
                    pattern=r"[0-9()+-]{1,15}",
                    form="半角の数字と「-」",
                ),
                Date("limit_from", "限度額適用開始年月日"),
                Date("limit_until", "限度額適用終了年月日"),
                Date("level_changed_on", "要介護状態変更日"),
                _count("limit_units", "区分支給限度基準額", "単位"),
                Rows(
                    "service_limits",
                    "種類別の支給限度",
                    fields=(
                        ServiceKind(
                            "service_kind", "サービス種類コード", max_length=2, pattern=r"[0-9A-Z]{2}", form="2けた"
                        ),
                        _count("limit", "支給限度基準額", "単位"),
                        _count("total", "合計単位数", "単位"),
                        _count("over", "限度超単位数", "単位"),
                    ),
                    most=9,
                ),
                _count("over_limit_units", "合計限度超単位数", "単位"),
                _count("stay_days_before", "入所前月迄利用日数", "日"),
                _count("stay_days", "入所累積利用日数", "日"),
                Code("previous_care_level", "前回要介護状態区分", codes=LEVELS),
                _office("consent_office", "同意書受付業者"),
                _office("updater", "更新業者コード"),
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
