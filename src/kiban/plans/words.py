"""計画書 in the words of the screen: what each answer of the gate means at the desk."""

from __future__ import annotations

NOT_POSSIBLE = "登録できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"
ANSWERS: dict[str, str] = {
    "plan:exists": "この作成(変更)日の計画書は、もう登録されています。"
    "直すときは、計画書の一覧から「直す」を選んでください。",
    "plan:changed": "この計画書は、開いたあとにほかの人が直しました。打った内容はこの画面に残っています。",
    "plan:none": "この計画書は見つかりません。ほかの人が先に取り下げたかもしれません。",
    "plan:no_reason": "理由を書いてください。",
    "plan:not_agreed": "先に、ご本人の同意を登録してください。",
    "plan:bad_date": "これからの日か、同意した日より前の日になっています。",
    "plan:bad_content": "登録できない内容です。長すぎないか確かめてください。",
    "plan:unknown_signer": "同意したのがご本人か、代理の方か、ご家族かを選んでください。",
    "plan:other_office": "計画書の事業所番号が、この事業所のものではありません。",
    "plan:not_plan_office": "計画書を作れるのは、居宅介護支援・介護予防支援の事業所だけです。",
}
