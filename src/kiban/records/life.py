"""LIFE: the essentials of FORM_0000_2021 (科学的介護推進情報). The editions since 2025 are not known to us.

Codes are LIFE's own. The Barthel code is not the score: 0 and 1 both mean no points in 整容 and 入浴.
"""

from __future__ import annotations

from kiban.records.codes import OFFICE_NUMBER, OFFICE_NUMBER_FORM, OfficeNumber, ServiceKind, numbered
from kiban.records.fields import Code, Date, Decimal, Field, Flag, Integer
from kiban.records.items import Group, Item, Kind, Sender, needs

INDEPENDENCE = numbered("自立", "J1", "J2", "A1", "A2", "B1", "B2", "C1", "C2")
DEMENTIA_INDEPENDENCE = numbered("自立", "Ⅰ", "Ⅱa", "Ⅱb", "Ⅲa", "Ⅲb", "Ⅳ", "M")

# Points by code, in the order of the form.
THREE_STEPS, TWO_STEPS, FOUR_STEPS = (0, 5, 10), (0, 0, 5), (0, 5, 10, 15)
BARTHEL = (
    ("barthel_index_meal", "食事", THREE_STEPS),
    ("barthel_transfer", "椅子とベッド間の移乗", FOUR_STEPS),
    ("barthel_index_personal_hygiene_and_adjustment", "整容", TWO_STEPS),
    ("barthel_index_toilet_activity", "トイレ動作", THREE_STEPS),
    ("barthel_index_bathing", "入浴", TWO_STEPS),
    ("barthel_index_flat_ground_walking", "平地歩行", FOUR_STEPS),
    ("barthel_index_stair_movement", "階段昇降", THREE_STEPS),
    ("barthel_index_changing_clothes", "更衣", THREE_STEPS),
    ("barthel_index_defecation_manage", "排便コントロール", THREE_STEPS),
    ("barthel_index_urination_manage", "排尿コントロール", THREE_STEPS),
)
_WORDS = {3: ("全介助", "一部介助", "自立"), 4: ("全介助", "座れるが移れない・車いす操作", "監視・一部介助", "自立")}
DBD13 = (
    "同じことを何度も聞く",
    "物をなくしたり、置き場所を間違える",
    "日常的な物事に関心を示さない",
    "特別な理由がないのに夜中に起き出す",
    "根拠なしに人に言いがかりをつける",
    "昼間、寝てばかりいる",
    "やたらに歩き回る",
    "同じ動作をいつまでも繰り返す",
    "口汚くののしる",
    "場違いあるいは季節に合わない服装をする",
    "世話をされるのを拒否する",
    "明らかな理由なしに物を貯め込む",
    "引き出しやたんすの中身を出してしまう",
)
OFTEN = {"0": "まったくない", "1": "ほとんどない", "2": "ときどきある", "3": "よくある", "4": "常にある"}
VITALITY = ("起床", "意思疎通", "食事", "排せつ", "リハビリ・活動")
VITALITY_WORDS = {"0": "0点", "1": "1点", "2": "2点"}


def points(name: str, code: str) -> int:
    """Points of a Barthel item by its stored code. Raises KeyError for another field, IndexError for another code."""
    return {item: steps for item, _, steps in BARTHEL}[name][int(code)]


def barthel_total(content: dict[str, str]) -> int | None:
    """Sum of the ten items, 0 to 100; None when one is missing."""
    if any(name not in content for name, _, _ in BARTHEL):
        return None
    return sum(points(name, content[name]) for name, _, _ in BARTHEL)


def _barthel(name: str, label: str, steps: tuple[int, ...]) -> Field:
    words = _WORDS[len(steps)]
    return Code(name, label, codes={str(code): f"{point}点({words[code]})" for code, point in enumerate(steps)})


def _oral(name: str, label: str) -> Field:
    return Flag(name, label, words=("はい", "いいえ"))


FEEDBACK = Item(
    key="life.feedback",
    label="LIFEフィードバック(利用者票)",
    source="LIFE 外部インターフェース項目 FORM_0000_2021(2021年版)。2025年以降の版は未確認",
    groups=(
        Group(
            "評価",
            (
                OfficeNumber(
                    "care_facility_id",
                    "事業所番号",
                    max_length=10,
                    pattern=OFFICE_NUMBER,
                    form=OFFICE_NUMBER_FORM,
                    kind="事業所番号",
                    required=True,
                ),
                ServiceKind("service_code", "サービス種類コード", max_length=2, required=True),
                Date("evaluate_date", "評価日", required=True),
                Date("last_evaluate_date", "前回評価日"),
                Code(
                    "impaired_elderly_independence_degree",
                    "障害高齢者の日常生活自立度",
                    codes=INDEPENDENCE,
                ),
                Code(
                    "dementia_elderly_independence_degree",
                    "認知症高齢者の日常生活自立度",
                    codes=DEMENTIA_INDEPENDENCE,
                ),
            ),
        ),
        Group("ADL(Barthel Index)", (Date("adl_evaluate", "ADL評価日"), *(_barthel(*row) for row in BARTHEL))),
        Group(
            "口腔・栄養",
            (
                Date("nutrition_evalaute_date", "口腔・栄養の評価日"),
                Decimal("height", "身長", digits=3, unit="cm"),
                Decimal("weight", "体重", digits=3, unit="kg"),
                Code("low_operating_risk_level", "低栄養状態のリスクレベル", codes=numbered("低", "中", "高")),
                Flag("is_nutrition_supply_method_enteral_nutrition", "経腸栄養"),
                Flag("is_nutrition_supply_method_parenteral_nutrition", "静脈栄養"),
                Flag("food_form_ingestion", "経口摂取"),
                Flag("is_need_swallowing_adjusted_food", "嚥下調整食の必要性"),
                Integer("dietary_intake", "食事摂取量(全体)", most=100, unit="%"),
                Integer("staple_food_intake", "食事摂取量(主食)", most=100, unit="%"),
                Integer("side_dish_intake", "食事摂取量(副食)", most=100, unit="%"),
                Decimal("required_nutrients_energy", "必要栄養量(エネルギー)", digits=5, unit="kcal"),
                Decimal("required_nutrients_protein", "必要栄養量(たんぱく質)", digits=4, unit="g"),
                Decimal("provided_nutrients_energy", "提供栄養量(エネルギー)", digits=5, unit="kcal"),
                Decimal("provided_nutrients_protein", "提供栄養量(たんぱく質)", digits=4, unit="g"),
                Decimal("serum_albumin_value", "血清アルブミン値", digits=3, unit="g/dl"),
                Flag("bedsore", "褥瘡"),
                _oral("nursing_facility_services_01", "施設: 歯・入れ歯が汚れている"),
                _oral("nursing_facility_services_02", "施設: 歯が少ないのに入れ歯を使っていない"),
                _oral("nursing_facility_services_03", "施設: むせやすい"),
                _oral("visit_services_01", "通所・居宅: 固いものを避け、柔らかいものばかり食べる"),
                _oral("visit_services_02", "通所・居宅: 入れ歯を使っている"),
                _oral("visit_services_03", "通所・居宅: むせやすい"),
                Date("aspiration_pneumonitis_evaluate", "誤嚥性肺炎の評価日"),
                Flag("aspiration_pneumonitis_flag", "誤嚥性肺炎の発症・罹患"),
                Date("date_of_onset_01", "誤嚥性肺炎の発症日"),
            ),
        ),
        Group(
            "認知症",
            (
                Flag("diagnosis_of_dementia_flag", "認知症の診断"),
                Date("diagnosis_of_dementia_date", "認知症の診断日"),
                Flag("diagnosis_of_dementia_01", "アルツハイマー病"),
                Flag("diagnosis_of_dementia_02", "血管性認知症"),
                Flag("diagnosis_of_dementia_03", "レビー小体病"),
                Flag("diagnosis_of_dementia_other", "その他の認知症"),
                *(
                    Code(f"dbd13_{number:02}", f"DBD13 {number} {words}", codes=OFTEN)
                    for number, words in enumerate(DBD13, 1)
                ),
            ),
        ),
        Group(
            "意欲(Vitality Index)",
            tuple(
                Code(f"vitality_index_{number:02}", f"Vitality {words}", codes=VITALITY_WORDS)
                for number, words in enumerate(VITALITY, 1)
            ),
        ),
    ),
    checks=(
        needs(
            "diagnosis_of_dementia_date",
            "diagnosis_of_dementia_flag",
            "認知症の診断日があるのに、認知症の診断がありません。",
            "診断の有無を書き加えてください。",
        ),
    ),
    valid_from="evaluate_date",
    entry=("care_facility_id", "service_code", "evaluate_date"),
    sender=Sender.LIFE,
)

KIND = Kind("life", "LIFE", 6, (FEEDBACK,))
