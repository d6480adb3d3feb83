"""被保険者証等: 被保険者証 (and 資格者証), 負担割合証, 負担限度額認定証, 減免減額認定証."""

from __future__ import annotations

from kiban.records.codes import LEVELS, OFFICE_NUMBER, OFFICE_NUMBER_FORM, numbered
from kiban.records.fields import Code, Date, Flag, Integer, Number, Rows, Text
from kiban.records.items import Group, Item, Kind, needs, ordered

STAGES = {"1": "第1段階", "2": "第2段階", "3": "第3段階①", "4": "第3段階②", "5": "第4段階"}
REDUCTIONS = numbered(
    "訪問介護利用者負担額減額", "社会福祉法人等による軽減", "利用者負担額の減免(災害など)", "旧措置入所者の減免"
)

CARD = Item(
    key="insurance_card.card",
    label="被保険者証",
    source="介護保険被保険者証・資格者証の記載事項",
    groups=(
        Group(
            "要介護認定",
            (
                Code("care_level", "要介護状態区分等", codes=LEVELS, shows_nothing=True),
                Date("certified_on", "認定年月日"),
                Date("valid_from", "認定有効期間開始日"),
                Date("valid_until", "認定有効期間終了日"),
            ),
        ),
        Group(
            "居宅サービス等",
            (
                Integer("limit_units", "区分支給限度基準額", unit="単位"),
                Date("limit_from", "限度額適用開始日"),
                Date("limit_until", "限度額適用終了日"),
                Rows(
                    "service_limits",
                    "種類支給限度基準額",
                    fields=(
                        Text("service", "サービスの種類", required=True, max_length=60),
                        Integer("units", "種類支給限度基準額", required=True, unit="単位"),
                    ),
                    most=9,
                ),
            ),
        ),
        Group(
            "認定審査会の意見及びサービスの種類の指定",
            (
                Text("board_opinion", "認定審査会の意見", max_length=1000, shows_nothing=True),
                Text("service_designation", "サービスの種類の指定", max_length=1000),
            ),
        ),
        Group(
            "給付制限",
            (
                Rows(
                    "restrictions",
                    "給付制限",
                    fields=(
                        Text("restriction", "内容", required=True, max_length=200),
                        Date("starts_on", "開始年月日", required=True),
                        Date("ends_on", "終了年月日"),
                    ),
                    most=9,
                    shows_nothing=True,
                ),
            ),
        ),
        Group(
            "居宅介護支援事業者等",
            (
                Rows(
                    "planners",
                    "居宅介護支援事業者・介護予防支援事業者・地域包括支援センター",
                    fields=(
                        Number(
                            "number",
                            "事業所番号",
                            max_length=10,
                            pattern=OFFICE_NUMBER,
                            form=OFFICE_NUMBER_FORM,
                            kind="事業所番号",
                        ),
                        Text("name", "名称", required=True, max_length=200),
                        Date("notified_on", "届出年月日"),
                    ),
                    most=3,
                    shows_nothing=True,
                ),
            ),
        ),
        Group(
            "介護保険施設等",
            (
                Rows(
                    "facilities",
                    "介護保険施設等",
                    fields=(
                        Text("facility_kind", "種類", max_length=60),
                        Text("name", "名称", required=True, max_length=200),
                        Date("entered_on", "入所等年月日"),
                        Date("left_on", "退所等年月日"),
                    ),
                    most=9,
                ),
                Flag("residence_exception", "住所地特例", words=("該当", "非該当")),
            ),
        ),
        Group(
            "交付",
            (
                Code("card_kind", "証の種類", codes={"1": "被保険者証", "2": "資格者証"}, required=True),
                Date("issued_on", "交付年月日", required=True),
                Date("expires_on", "資格者証の有効期限"),
            ),
        ),
    ),
    checks=(
        ordered("valid_from", "valid_until"),
        ordered("limit_from", "limit_until"),
        needs(
            "care_level",
            "valid_from",
            "要介護状態区分があるのに、認定有効期間開始日がありません。",
            "認定有効期間を書き加えてください。",
        ),
        needs(
            "valid_until",
            "valid_from",
            "認定有効期間の終了日だけがあります。",
            "認定有効期間開始日を書き加えてください。",
        ),
    ),
    valid_from="valid_from",
    valid_until="valid_until",
)

BURDEN_RATIO = Item(
    key="insurance_card.burden_ratio",
    label="負担割合証",
    source="介護保険負担割合証の記載事項",
    groups=(
        Group(
            "利用者負担の割合",
            (
                Code(
                    "burden_ratio",
                    "利用者負担の割合",
                    codes={"1": "1割", "2": "2割", "3": "3割"},
                    required=True,
                ),
                Date("applies_from", "適用開始年月日", required=True),
                Date("applies_until", "適用終了年月日", required=True),
                Date("issued_on", "負担割合証の交付年月日"),
            ),
        ),
    ),
    checks=(ordered("applies_from", "applies_until"),),
    valid_from="applies_from",
    valid_until="applies_until",
)

BURDEN_LIMIT = Item(
    key="insurance_card.burden_limit",
    label="負担限度額認定証",
    source="介護保険負担限度額認定証の記載事項",
    groups=(
        Group(
            "認定",
            (
                Code("stage", "利用者負担段階", codes=STAGES, required=True),
                Date("applies_from", "認定証の適用年月日", required=True),
                Date("applies_until", "認定証の有効期限", required=True),
            ),
        ),
        Group(
            "食費の負担限度額(1日)",
            (
                Integer("meal_facility", "食費(施設)", required=True, unit="円"),
                Integer("meal_short_stay", "食費(短期入所)", unit="円"),
            ),
        ),
        Group(
            "居住費又は滞在費の負担限度額(1日)",
            (
                Integer("unit_private", "ユニット型個室", unit="円"),
                Integer("unit_multi", "ユニット型個室的多床室", unit="円"),
                Integer("private_welfare", "従来型個室(特養等)", unit="円"),
                Integer("private_health", "従来型個室(老健・介護医療院等)", unit="円"),
                Integer("shared_welfare", "多床室(特養等)", unit="円"),
                Integer("shared_health", "多床室(老健・介護医療院等)", unit="円"),
            ),
        ),
    ),
    checks=(ordered("applies_from", "applies_until"),),
    valid_from="applies_from",
    valid_until="applies_until",
)

REDUCTION = Item(
    key="insurance_card.reduction",
    label="減免減額認定証",
    source="介護情報基盤インタフェース仕様書2.0に挙がる減免減額認定証(項目は自らの定義)",
    groups=(
        Group(
            "減免・減額",
            (
                Code("reduction_kind", "減免減額の種類", codes=REDUCTIONS, required=True),
                Integer("benefit_rate", "減免後の給付率", most=100, unit="%"),
                Integer("reduced_rate", "軽減の割合", most=100, unit="%"),
                Text("services", "対象となるサービス", max_length=400),
                Date("reduced_from", "減免減額の開始年月日", required=True),
                Date("reduced_until", "減免減額の終了年月日"),
                Text("cause", "減免減額の理由", max_length=400),
            ),
        ),
    ),
    checks=(ordered("reduced_from", "reduced_until"),),
    valid_from="reduced_from",
    valid_until="reduced_until",
    entry=("reduction_kind",),
)

KIND = Kind("insurance_card", "被保険者証等", 1, (CARD, BURDEN_RATIO, BURDEN_LIMIT, REDUCTION))
