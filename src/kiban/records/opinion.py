"""主治医意見書: the fields of the form since 2026-04-01 (the doctor's consent box is gone)."""

from __future__ import annotations

from kiban.records.codes import DEMENTIA_INDEPENDENCE, INDEPENDENCE, PRESENT, numbered
from kiban.records.fields import Choices, Code, Date, Decimal, Field, Flag, PartialDate, Text
from kiban.records.items import Group, Item, Kind, needs, ordered

DEPARTMENTS = numbered(
    "内科", "精神科", "外科", "整形外科", "脳神経外科", "皮膚科", "泌尿器科", "婦人科", "眼科", "耳鼻咽喉科",
    "リハビリテーション科", "歯科", "その他",
)  # fmt: skip
PROCEDURES = numbered(
    "点滴の管理", "中心静脈栄養", "透析", "ストーマの処置", "酸素療法", "レスピレーター", "気管切開の処置",
    "疼痛の看護", "経管栄養",
)  # fmt: skip
CARES = numbered("モニター測定", "褥瘡の処置")
SYMPTOMS = numbered(
    "幻視・幻聴", "妄想", "昼夜逆転", "暴言", "暴行", "介護への抵抗", "徘徊", "火の不始末", "不潔行為", "異食行動",
    "性的問題行動", "その他",
)  # fmt: skip
CONDITIONS = numbered(
    "尿失禁", "転倒・骨折", "移動能力の低下", "褥瘡", "心肺機能の低下", "閉じこもり", "意欲低下", "徘徊", "低栄養",
    "摂食・嚥下機能低下", "脱水", "易感染性", "がん等による疼痛", "その他",
)  # fmt: skip
MANAGEMENT = numbered(
    "訪問診療", "訪問看護", "訪問歯科診療", "訪問薬剤管理指導", "訪問リハビリテーション", "短期入所療養介護",
    "訪問歯科衛生指導", "訪問栄養食事指導", "通所リハビリテーション", "老人保健施設", "介護医療院", "その他",
    "特記すべき項目なし",
)  # fmt: skip
DEGREES = numbered("軽", "中", "重")
SIDES = numbered("右", "左")
PARALYSIS = (
    ("right_arm", "右上肢"),
    ("left_arm", "左上肢"),
    ("right_leg", "右下肢"),
    ("left_leg", "左下肢"),
    ("other", "その他"),
)


def _diagnosis(number: int) -> tuple[Field, ...]:
    return (
        Text(f"diagnosis_{number}", f"診断名{number}", max_length=200, required=number == 1),
        PartialDate(f"onset_{number}", f"発症年月日{number}"),
    )


def _at(name: str, label: str) -> tuple[Field, ...]:
    """A finding with its place on the body and its degree."""
    return (
        Text(f"{name}_part", f"{label}(部位)", max_length=100),
        Code(f"{name}_degree", f"{label}(程度)", codes=DEGREES),
    )


def _attention(name: str, label: str) -> Field:
    return Text(f"attention_{name}", f"{label}についての留意事項", max_length=400)


OPINION = Item(
    key="opinion.opinion",
    label="主治医意見書",
    source="主治医意見書の様式(主治医意見書記入の手引きの項目)。同意欄は2026年4月1日に廃止",
    groups=(
        Group(
            "意見書",
            (
                Code(
                    "form",
                    "様式の版",
                    codes={"2009-04": "2009年4月の様式", "2026-04": "2026年4月の様式"},
                    required=True,
                ),
                Date("written_on", "記入日", required=True),
                Text("doctor", "医師氏名", max_length=100, required=True),
                Text("institution", "医療機関名", max_length=200, required=True),
                Text("institution_address", "医療機関所在地", max_length=300),
                Text("institution_telephone", "医療機関電話", max_length=40),
                Text("institution_fax", "医療機関FAX", max_length=40),
                Date("last_examined_on", "最終診察日"),
                Code("times", "意見書作成回数", codes=numbered("初回", "2回目以上")),
                Code("other_departments", "他科受診の有無", codes=PRESENT),
                Choices("departments", "他科受診の科", codes=DEPARTMENTS),
                Text("department_other", "他科受診のその他の科", max_length=100),
            ),
        ),
        Group(
            "1 傷病に関する意見",
            (
                *_diagnosis(1),
                *_diagnosis(2),
                *_diagnosis(3),
                Code("stability", "症状としての安定性", codes=numbered("安定", "不安定", "不明")),
                Text("instability", "不安定な状況", max_length=1000),
                Text("course", "傷病又は特定疾病の経過及び治療内容", max_length=4000, shows_nothing=True),
            ),
        ),
        Group(
            "2 特別な医療(過去14日間)",
            (
                Choices("procedures", "処置内容", codes=PROCEDURES, shows_nothing=True),
                Choices("special_care", "特別な対応", codes=CARES, shows_nothing=True),
                Flag("catheter", "失禁への対応(カテーテル)"),
            ),
        ),
        Group(
            "3 心身の状態に関する意見(認知機能)",
            (
                Code("independence", "障害高齢者の日常生活自立度", codes=INDEPENDENCE),
                Code("dementia_independence", "認知症高齢者の日常生活自立度", codes=DEMENTIA_INDEPENDENCE),
                Code("short_term_memory", "短期記憶", codes=numbered("問題なし", "問題あり")),
                Code(
                    "decision_ability",
                    "日常の意思決定を行うための認知能力",
                    codes=numbered("自立", "いくらか困難", "見守りが必要", "判断できない"),
                ),
                Code(
                    "conveying_ability",
                    "自分の意思の伝達能力",
                    codes=numbered("伝えられる", "いくらか困難", "具体的要求に限られる", "伝えられない"),
                ),
                Code("behavioural_symptoms", "認知症の行動・心理症状の有無", codes=PRESENT),
                Choices("symptoms", "認知症の行動・心理症状", codes=SYMPTOMS),
                Text("symptom_other", "行動・心理症状のその他", max_length=200),
                Code("neurological", "その他の精神・神経症状の有無", codes=PRESENT),
                Text("neurological_name", "精神・神経症状の症状名", max_length=200),
                Code("specialist", "専門医受診の有無", codes=PRESENT),
                Text("specialist_department", "専門医の科名", max_length=100),
            ),
        ),
        Group(
            "3 心身の状態に関する意見(身体)",
            (
                Code("handedness", "利き腕", codes=SIDES),
                Decimal("height", "身長", digits=3, unit="cm"),
                Decimal("weight", "体重", digits=3, unit="kg"),
                Code("weight_change", "過去6か月の体重の変化", codes=numbered("増加", "維持", "減少")),
                Text("limb_loss", "四肢欠損(部位)", max_length=100),
                *(Code(f"paralysis_{name}", f"麻痺 {label}(程度)", codes=DEGREES) for name, label in PARALYSIS),
                Text("paralysis_other_part", "麻痺 その他(部位)", max_length=100),
                *_at("weakness", "筋力の低下"),
                *_at("contracture", "関節の拘縮"),
                *_at("joint_pain", "関節の痛み"),
                *(
                    Choices(f"ataxia_{name}", f"失調・不随意運動 {label}", codes=SIDES)
                    for name, label in (("arms", "上肢"), ("legs", "下肢"), ("trunk", "体幹"))
                ),
                *_at("bedsore", "褥瘡"),
                *_at("skin_disease", "その他の皮膚疾患"),
            ),
        ),
        Group(
            "4 生活機能とサービスに関する意見(移動・栄養)",
            (
                Code(
                    "walking_outdoors",
                    "屋外歩行",
                    codes=numbered("自立", "介助があればしている", "していない"),
                ),
                Code(
                    "wheelchair",
                    "車いすの使用",
                    codes=numbered("用いていない", "主に自分で操作している", "主に他人が操作している"),
                ),
                Choices(
                    "walking_aids",
                    "歩行補助具・装具の使用",
                    codes=numbered("用いていない", "屋外で使用", "屋内で使用"),
                ),
                Code("eating", "食事行為", codes=numbered("自立ないし何とか自分で食べられる", "全面介助")),
                Code("nutrition", "現在の栄養状態", codes=numbered("良好", "不良")),
                Text("nutrition_attention", "栄養・食生活上の留意点", max_length=400),
            ),
        ),
        Group(
            "4 生活機能とサービスに関する意見(見通しと医学的管理)",
            (
                Choices("conditions", "現在あるか今後発生の可能性の高い状態", codes=CONDITIONS),
                Text("condition_other", "可能性の高い状態のその他", max_length=200),
                Text("condition_policy", "対処方針", max_length=1000),
                Code(
                    "outlook",
                    "サービス利用による生活機能の維持・改善の見通し",
                    codes=numbered("期待できる", "期待できない", "不明"),
                ),
                Choices("management", "医学的管理の必要性", codes=MANAGEMENT),
                Choices("management_especially", "医学的管理のうち特に必要性の高いもの(下線)", codes=MANAGEMENT),
                Text("management_other", "医学的管理のその他", max_length=200),
            ),
        ),
        Group(
            "4 生活機能とサービスに関する意見(留意事項)",
            (
                _attention("blood_pressure", "血圧"),
                _attention("eating", "摂食"),
                _attention("swallowing", "嚥下"),
                _attention("moving", "移動"),
                _attention("exercise", "運動"),
                _attention("other", "その他"),
                Flag("attention_none", "留意事項の特記なし", words=("特記すべき項目なし", "特記あり")),
                Code("infection", "感染症の有無", codes=numbered("有", "無", "不明")),
                Text("infection_name", "感染症の内容", max_length=200),
            ),
        ),
        Group("5 特記すべき事項", (Text("remarks", "特記すべき事項", max_length=4000, shows_nothing=True),)),
    ),
    checks=(
        ordered("last_examined_on", "written_on", "最終診察日が記入日より後です。"),
        needs("onset_2", "diagnosis_2", "発症年月日2があるのに、診断名2がありません。", "診断名を書いてください。"),
        needs("onset_3", "diagnosis_3", "発症年月日3があるのに、診断名3がありません。", "診断名を書いてください。"),
        needs(
            "instability",
            "stability",
            "不安定な状況があるのに、症状としての安定性がありません。",
            "安定性を書き加えてください。",
        ),
    ),
)

KIND = Kind("opinion", "主治医意見書", 3, (OPINION,))
