"""認定調査票: 概況調査, 基本調査 (74 items in five groups and special treatments), 特記事項.

The items follow the form of 2009 in our own short words; choices are counted from 1 in the order of the form.
"""

from __future__ import annotations

from kiban.records.codes import DEMENTIA_INDEPENDENCE, INDEPENDENCE, LEVELS, numbered
from kiban.records.fields import Choices, Code, Date, Field, Text
from kiban.records.items import Group, Item

_HELP3 = numbered("つかまらないでできる", "何かにつかまればできる", "できない")
_ASSIST3 = numbered("介助されていない", "一部介助", "全介助")
_ASSIST4 = numbered("介助されていない", "見守り等", "一部介助", "全介助")
_ABLE = numbered("できる", "できない")
_OFTEN = numbered("ない", "ときどきある", "ある")

PARALYSIS = numbered("左上肢", "右上肢", "左下肢", "右下肢", "その他(四肢の欠損など)")
CONTRACTURE = numbered("肩関節", "股関節", "膝関節", "その他(四肢の欠損など)")
TREATMENTS = numbered(
    "点滴の管理",
    "中心静脈栄養",
    "透析",
    "ストーマの処置",
    "酸素療法",
    "レスピレーター",
    "気管切開の処置",
    "疼痛の看護",
    "経管栄養",
    "モニター測定",
    "じょくそうの処置",
    "カテーテル",
)


def _group(number: int, *items: tuple[str, str, dict[str, str]], first: int = 1) -> tuple[Field, ...]:
    return tuple(
        Code(name, f"{number}-{position} {label}", codes=codes)
        for position, (name, label, codes) in enumerate(items, first)
    )


BODY = (
    Choices("paralysis", "1-1 麻痺", codes=PARALYSIS, shows_nothing=True),
    Choices("contracture", "1-2 拘縮", codes=CONTRACTURE, shows_nothing=True),
    *_group(
        1,
        ("turning_over", "寝返り", _HELP3),
        ("sitting_up", "起き上がり", _HELP3),
        ("sitting", "座位の保持", numbered("できる", "自分の手で支えればできる", "支えがあればできる", "できない")),
        ("standing", "両足での立位の保持", numbered("支えなしでできる", "支えがあればできる", "できない")),
        ("walking", "歩行", _HELP3),
        ("standing_up", "立ち上がり", _HELP3),
        ("standing_on_one_leg", "片足での立位", numbered("支えなしでできる", "支えがあればできる", "できない")),
        ("washing_body", "洗身", numbered("介助されていない", "一部介助", "全介助", "行っていない")),
        ("cutting_nails", "つめ切り", _ASSIST3),
        (
            "eyesight",
            "視力",
            numbered("普通", "1m先が見える", "目の前が見える", "ほとんど見えない", "判断できない"),
        ),
        (
            "hearing",
            "聴力",
            numbered("普通", "やっと聞き取れる", "大声なら聞き取れる", "ほとんど聞こえない", "判断できない"),
        ),
        first=3,
    ),
)
LIVING = _group(
    2,
    ("transfer", "移乗", _ASSIST4),
    ("moving", "移動", _ASSIST4),
    ("swallowing", "えん下", numbered("できる", "見守り等", "できない")),
    ("eating", "食事の摂取", _ASSIST4),
    ("urination", "排尿", _ASSIST4),
    ("defecation", "排便", _ASSIST4),
    ("oral_hygiene", "口腔の清潔", _ASSIST3),
    ("washing_face", "洗顔", _ASSIST3),
    ("hair", "整髪", _ASSIST3),
    ("upper_clothes", "上衣の着脱", _ASSIST4),
    ("lower_clothes", "ズボン等の着脱", _ASSIST4),
    ("going_out", "外出の頻度", numbered("週1回以上", "月1回以上", "月1回未満")),
)
COGNITION = _group(
    3,
    (
        "conveying",
        "意思の伝達",
        numbered("伝えられる", "ときどき伝えられる", "ほとんど伝えられない", "できない"),
    ),
    ("daily_routine", "毎日の日課の理解", _ABLE),
    ("birthday_or_age", "生年月日か年齢を言う", _ABLE),
    ("short_term_memory", "短期記憶", _ABLE),
    ("own_name", "自分の名前を言う", _ABLE),
    ("season", "今の季節の理解", _ABLE),
    ("place", "いる場所の理解", _ABLE),
    ("wandering", "徘徊", _OFTEN),
    ("cannot_return", "外出して戻れない", _OFTEN),
)
BEHAVIOUR = _group(
    4,
    ("persecuted", "物を盗られたなどの被害的な言動", _OFTEN),
    ("confabulation", "作り話", _OFTEN),
    ("unstable_emotion", "感情の不安定", _OFTEN),
    ("day_night_reversal", "昼夜の逆転", _OFTEN),
    ("repeating", "同じ話の繰り返し", _OFTEN),
    ("shouting", "大声", _OFTEN),
    ("resisting_care", "介護への抵抗", _OFTEN),
    ("wants_home", "家に帰るなどと言い落ち着かない", _OFTEN),
    ("going_out_alone", "一人で外に出たがる", _OFTEN),
    ("collecting", "物を集める・無断で持ってくる", _OFTEN),
    ("breaking", "物や衣類を壊す", _OFTEN),
    ("forgetful", "ひどい物忘れ", _OFTEN),
    ("talking_alone", "独り言・独り笑い", _OFTEN),
    ("own_way", "自分勝手な行動", _OFTEN),
    ("incoherent", "話がまとまらない", _OFTEN),
)
SOCIETY = _group(
    5,
    ("medication", "薬の内服", _ASSIST3),
    ("money", "金銭の管理", _ASSIST3),
    (
        "decisions",
        "日常の意思決定",
        numbered("できる", "特別な場合を除いてできる", "日常的に困難", "できない"),
    ),
    ("group_maladjustment", "集団への不適応", _OFTEN),
    ("shopping", "買い物", _ASSIST4),
    ("cooking", "簡単な調理", _ASSIST4),
)
TREATMENT = (Choices("treatments", "過去14日間に受けた特別な医療", codes=TREATMENTS, shows_nothing=True),)

SURVEY = Item(
    key="certification.survey",
    label="認定調査票",
    source="認定調査票(概況調査・基本調査74項目・特記事項)",
    groups=(
        Group(
            "概況調査",
            (
                Date("surveyed_on", "調査日", required=True),
                Text("survey_place", "調査の場所", max_length=200),
                Text("surveyor", "調査者の所属", max_length=200),
                Code("previous_level", "前回の認定", codes=LEVELS),
                Text("services_used", "現在受けているサービス", max_length=1000),
                Text("household", "家族の状況・住まい・生活の様子", max_length=2000),
            ),
        ),
        Group("第1群 身体機能・起居動作", BODY),
        Group("第2群 生活機能", LIVING),
        Group("第3群 認知機能", COGNITION),
        Group("第4群 精神・行動障害", BEHAVIOUR),
        Group("第5群 社会生活への適応", SOCIETY),
        Group("特別な医療", TREATMENT),
        Group(
            "日常生活自立度",
            (
                Code("independence", "障害高齢者の日常生活自立度", codes=INDEPENDENCE),
                Code("dementia_independence", "認知症高齢者の日常生活自立度", codes=DEMENTIA_INDEPENDENCE),
            ),
        ),
        Group(
            "特記事項",
            (
                Text("remarks_body", "特記事項 1 身体機能・起居動作", max_length=4000),
                Text("remarks_living", "特記事項 2 生活機能", max_length=4000),
                Text("remarks_cognition", "特記事項 3 認知機能", max_length=4000),
                Text("remarks_behaviour", "特記事項 4 精神・行動障害", max_length=4000),
                Text("remarks_society", "特記事項 5 社会生活への適応", max_length=4000),
                Text("remarks_treatment", "特記事項 6 特別な医療", max_length=4000),
                Text("remarks_independence", "特記事項 7 日常生活自立度", max_length=4000),
            ),
        ),
    ),
)
