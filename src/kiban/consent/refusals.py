"""Why something about a consent was not registered, in the words of the screen."""

from __future__ import annotations

NOT_POSSIBLE = "登録できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"
SENTENCES = {
    "consent:date_in_future": "これからの日になっています。",
    "consent:no_witness": "代筆のときは、立会人の名前を入れてください。",
    "consent:bad_scan": "この書面は受け取れませんでした。PDF・PNG・JPEGの、5MBまでのファイルを選んでください。",
    "consent:none": "もとの記録が見つかりません。ほかの人が先に登録したかもしれません。同意の画面で確かめてください。",
}


def sentence(answer: str) -> str:
    """The sentence for an answer of the gate that is not ``ok``."""
    return SENTENCES.get(answer, NOT_POSSIBLE)
