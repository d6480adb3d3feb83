"""担当 in the words of the screen: how and where identity was confirmed, in which capacity, why it ended."""

from __future__ import annotations

METHODS: dict[str, str] = {
    "card": "マイナンバーカード",
    "four_items": "4つの情報(保険者番号・被保険者番号・生年月日・性別)",
    "visual": "目視(顔写真付きの証)",
    "municipal_file": "市町村からのデータ",
}
CAPACITIES: dict[str, str] = {
    "plan": "居宅サービス計画を作成する事業所",
    "service": "サービスを提供する事業所",
    "opinion": "主治医意見書を作成する医療機関",
}
PLACES: dict[str, str] = {
    "office": "事業所で",
    "visit": "訪問先(ご自宅など)で",
    "facility": "施設・病院で",
    "other": "そのほかの場所で",
}
END_REASONS: dict[str, str] = {
    "ended": "サービスが終わった",
    "moved": "ほかの市町村へ転出された",
    "facility": "施設に入られた",
    "died": "亡くなられた",
    "mistake": "間違えて登録した",
}
# Also those the program itself writes.
ALL_END_REASONS: dict[str, str] = END_REASONS | {
    "handover": "ほかの事業所へ引き継いだ",
    "policy": "ほかの事業所が担当になった(市町村の決まり)",
}
CONTINUED_BY: dict[str, str] = {"actuals": "届いた実績", "confirmed": "管理者の確認"}
