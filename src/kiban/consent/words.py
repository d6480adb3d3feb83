"""同意 in the words of the screen: what each answer of the gate means at the desk."""

from __future__ import annotations

NOT_POSSIBLE = "登録できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"
ANSWERS: dict[str, str] = {
    "consent:date_in_future": "これからの日になっています。",
    "consent:no_witness": "代筆のときは、立会人の名前を入れてください。",
    "consent:unknown_signer": "だれが答えたかを選んでください。",
    "consent:unknown_channel": "どのように聞いたかを選んでください。",
    "consent:unknown_kind": "どの同意かを選んでください。",
    "consent:bad_scan": "この書面は受け取れませんでした。PDF・PNG・JPEGの、5MBまでのファイルを選んでください。",
    "consent:no_reason": "何をまちがえたかを書いてください。",
    "consent:none": "もとの記録が見つかりません。ほかの人が先に登録したかもしれません。同意の画面で確かめてください。",
}


def sentence(answer: str) -> str:
    """The sentence for an answer that is not ``ok``."""
    return ANSWERS.get(answer, NOT_POSSIBLE)
