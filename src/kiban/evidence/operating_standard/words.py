"""運営基準の記録: what each answer of the gate means at the desk."""

from __future__ import annotations

NOT_POSSIBLE = "登録できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"
ANSWERS: dict[str, str] = {
    "standard:other_office": "運営基準の記録を付けるのは、居宅介護支援の事業所だけです。",
    "standard:bad_day": "日付を確かめてください。これからの日や、介護保険が始まる前の日は入れられません。",
    "standard:bad_record_day": "結果を記録した日を確かめてください。モニタリングの日から今日までの日を入れます。",
    "standard:bad_content": "登録できない内容です。方法と印を選び直してください。",
    "standard:no_reason": "理由を書いてください。",
    "standard:none": "この記録は見つかりません。ほかの人が先に取り消したかもしれません。",
}


def sentence(answer: str) -> str:
    """The sentence for an answer that is neither ``ok`` nor ``same``."""
    return ANSWERS.get(answer, NOT_POSSIBLE)
