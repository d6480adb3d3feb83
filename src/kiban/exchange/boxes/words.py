"""Why something cannot be done with a unit: the gate's answers as sentences of the screen."""

from __future__ import annotations

NOT_POSSIBLE = "できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"
ANSWERS: dict[str, str] = {
    "exchange:not_own": "ファイルの名前の「送る事業所」が、この事業所の番号ではありません。"
    "この事業所の介護ソフトで書き出したファイルを選んでください。",
    "exchange:receiver_not_here": "受ける事業所は、ここに登録されていません。"
    "番号が正しければ、郵送など別の方法で渡してください。",
    "exchange:receiver_closed": "受ける事業所は、利用を終えています。番号を確かめ、別の方法で渡してください。",
    "exchange:to_itself": "送る事業所と受ける事業所が同じです。"
    "介護ソフトで宛先を選び直し、もう一度書き出してください。",
    "exchange:sequence_used": "同じ連番(ファイルの名前の最後の14けた)で、違う中身をもう送っています。"
    "介護ソフトからもう一度書き出すと、新しい連番が付きます。",
    "exchange:withdrawn": "これは取り消されています。もう一度送るときは、介護ソフトから書き出し直してください。",
    "exchange:stranger": "受ける事業所の利用者だと確かめられない方が入っています。",
    "exchange:nothing_to_delete": "削除するもとのデータを、この事業所に送っていません。",
    "exchange:no_unit": "見つかりません。ほかの端末で送られたか、片付けられています。送信の一覧を確かめてください。",
    "exchange:no_office": "ケアプランデータ連携を使えるのは、介護サービスの事業所だけです。",
    "exchange:not_a_person": "人が画面で確かめることです。介護ソフトからはできません。",
    "exchange:unknown_outcome": "取り込めたか、取り込めなかったかを選んでください。",
    "exchange:no_query": "この問い合わせは見つからないか、もう答えが付いています。",
    "exchange:taken": "相手がもう取り込んでいるため、取り消せません。"
    "削除のファイルか、直したファイルを送ってください。",
    "exchange:not_to_vouch": "人が確かめたことにして送れるものではありません。画面を開き直してください。",
    "exchange:not_opened": "まだ開いていません。先にファイルを受け取ってください。",
}


def missed(answer: str) -> str:
    """The sentence for an answer of the gate that is not ``ok``."""
    return ANSWERS.get(answer, NOT_POSSIBLE)
