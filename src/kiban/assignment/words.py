"""担当 in the words of the screen: places, reasons, and what each answer of the gate means at the desk."""

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

NOT_POSSIBLE = "登録できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"
ANSWERS: dict[str, str] = {
    "assignment:no_match": "4つの情報に合う方が見つかりませんでした。被保険者証と見比べて、もう一度入れてください。"
    "市町村の利用開始前や、データの登録前の方は登録できません。",
    "assignment:too_many_misses": "合わない入力が続いたため、10分間登録を止めています。"
    "被保険者証を手元に用意してから、もう一度お試しください。",
    "assignment:no_proof": "カードをまだ読んでいないか、読んでから時間がたちました。"
    "「カードを読む」からやり直してください。",
    "assignment:card_unknown": "このカードは、はじめて使うカードです。"
    "被保険者証を見て、下の4つの情報も入れてください。次からはカードだけで確認できます。",
    "assignment:card_of_other": "このカードは、別の方のものとして登録されています。"
    "カードと被保険者証を見比べてください。",
    "assignment:bad_period": "閲覧の期間を確かめてください。開始日は3か月先まで、最終日は今日より後にします。",
    "assignment:period_too_long": "閲覧の期間が、決まりより長くなっています。"
    "最終日を空けると、決まりのとおりになります。",
    "assignment:unknown_method": "どこで、どうやって本人確認をしたかを選んでください。",
    "assignment:unknown_reason": "終わった理由を選んでください。",
    "assignment:other_capacity": "この事業所のサービスの種類では、この立場の登録はできません。",
    "assignment:none": "担当の登録が見つかりません。ほかの人が先に変えたかもしれません。"
    "画面を開き直して確かめてください。",
    "assignment:not_employed": "その職員は、いまこの事業所に勤めていません。ほかの職員を選んでください。",
    "assignment:no_reason": "何をまちがえたかを書いてください。",
    "assignment:not_correctable": "この登録は、まちがいとして直せません。ほかの人がもう直したか、"
    "ほかの事業所が担当になっています。画面を開き直して確かめてください。",
    "assignment:unknown_office": "その番号は、ここに登録されていないか、この立場になれない事業所です。"
    "番号を確かめてください。",
    "assignment:offered_already": "この方の引き継ぎは、すでに申し出ています。"
    "先に取りやめてから、もう一度申し出てください。",
    "emergency:off_office": "この事業所では、緊急時の閲覧を使う設定になっていません。",
    "emergency:off_insurer": "この保険者(市町村)では、緊急時の閲覧は認められていません。",
    "emergency:no_reason": "理由を10文字以上で書いてください。あとで管理者と市町村が確かめます。",
    "emergency:own_act": "自分が開いたものは、自分では確かめられません。ほかの管理者に頼んでください。",
    "emergency:no_verdict": "どう判断したかと、覚え書きを入れてください。",
    "emergency:none": "この記録は見つからないか、もう確かめられています。",
}


def sentence(answer: str) -> str:
    """The sentence for an answer that is not ``ok``."""
    return ANSWERS.get(answer, NOT_POSSIBLE)
