"""住宅改修費利用情報 and 福祉用具購入費利用情報: what was used of the limits and what remains."""

from __future__ import annotations

from kiban.records.codes import OFFICE_NUMBER, OFFICE_NUMBER_FORM, numbered
from kiban.records.fields import Choices, Date, Field, Flag, Integer, Number, Rows, Text
from kiban.records.items import Check, Group, Item, Kind, ordered

MODIFICATION_LIMIT = 200_000  # yen per person and dwelling; again after a move or three steps of care level
EQUIPMENT_LIMIT = 100_000  # yen a year, April to March

WORKS = numbered(
    "手すりの取付け",
    "段差の解消",
    "滑りの防止・移動の円滑化のための床又は通路面の材料の変更",
    "引き戸等への扉の取替え",
    "洋式便器等への便器の取替え",
    "付帯して必要となる住宅改修",
)
GOODS = numbered(
    "腰掛便座",
    "自動排泄処理装置の交換可能部品",
    "排泄予測支援機器",
    "入浴補助用具",
    "簡易浴槽",
    "移動用リフトのつり具の部分",
    "固定用スロープ",
    "歩行器(歩行車を除く)",
    "歩行補助つえ",
)

REFERENCE = Number("reference", "整理番号", max_length=20, required=True)


def _provider(label: str) -> tuple[Field, ...]:
    return (
        Text("provider", label, max_length=200),
        Number(
            "provider_number",
            f"{label}の事業所番号",
            max_length=10,
            pattern=OFFICE_NUMBER,
            form=OFFICE_NUMBER_FORM,
            kind="事業所番号",
        ),
    )


def _within(limit: int) -> Check:
    return Check(
        ("paid", "remaining", "limit"),
        lambda paid, remaining, most: (paid or 0) <= (most or limit) and (remaining or 0) <= (most or limit),
        "支給限度基準額を超える金額があります。",
        f"支給額と残額を確かめてください(限度は{limit:,}円)。",
    )


HOME_MODIFICATION = Item(
    key="housing.home_modification",
    label="住宅改修費利用情報",
    source="住宅改修費の支給(介護保険法第45条)。基盤での項目は未確認",
    groups=(
        Group(
            "工事",
            (
                REFERENCE,
                Date("started_on", "着工日", required=True),
                Date("finished_on", "完成日"),
                Choices("works", "住宅改修の種類", codes=WORKS, required=True),
                Text("dwelling", "改修した住宅の所在地", max_length=300),
                *_provider("施工事業者"),
            ),
        ),
        Group(
            "費用",
            (
                Integer("cost", "改修費用", required=True, unit="円"),
                Integer("covered", "支給対象となる費用", unit="円"),
                Integer("paid", "支給額", unit="円"),
                Date("paid_on", "支給決定日"),
                Integer("limit", "支給限度基準額", unit="円", most=MODIFICATION_LIMIT),
                Integer("remaining", "支給限度基準額の残額", unit="円", shows_nothing=True),
                Flag("reset", "限度額の再設定(転居・3段階)", words=("あり", "なし")),
            ),
        ),
    ),
    checks=(
        ordered("started_on", "finished_on", "完成日が着工日より前です。"),
        _within(MODIFICATION_LIMIT),
    ),
    entry=("reference",),
)

EQUIPMENT = Item(
    key="housing.equipment",
    label="福祉用具購入費利用情報",
    source="特定福祉用具購入費の支給(介護保険法第44条)。基盤での項目は未確認",
    groups=(
        Group(
            "購入",
            (
                REFERENCE,
                Date("bought_on", "購入日", required=True),
                Rows(
                    "goods",
                    "購入した福祉用具",
                    fields=(
                        Text("kind", "種目", required=True, max_length=60),
                        Text("name", "商品名", max_length=100),
                        Text("tais", "TAISコード", max_length=12),
                        Integer("price", "金額", unit="円"),
                    ),
                    most=20,
                    required=True,
                ),
                Choices("kinds", "種目の区分", codes=GOODS),
                *_provider("販売事業者"),
            ),
        ),
        Group(
            "費用",
            (
                Integer("cost", "購入費用", required=True, unit="円"),
                Integer("covered", "支給対象となる費用", unit="円"),
                Integer("paid", "支給額", unit="円"),
                Date("paid_on", "支給決定日"),
                Integer("limit", "年間の支給限度基準額", unit="円", most=EQUIPMENT_LIMIT),
                Integer("remaining", "年間の支給限度基準額の残額", unit="円", shows_nothing=True),
            ),
        ),
    ),
    checks=(_within(EQUIPMENT_LIMIT),),
    entry=("reference",),
)

KIND = Kind("housing", "住宅改修・福祉用具", 4, (HOME_MODIFICATION, EQUIPMENT))
