"""Everything that can be the matter, each with a code for the page and a sentence for the person at the terminal."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """How things stand. READY and LAST_TRY are states; the rest says why nothing was signed."""

    READY = "ready"
    SIGNED = "signed"
    LAST_TRY = "last_try"
    PIN_LOCKED = "pin_locked"
    WRONG_PIN = "wrong_pin"
    PIN_NOT_FOUR_DIGITS = "pin_not_four_digits"
    NO_READER = "no_reader"
    NO_CARD = "no_card"
    OTHER_CARD = "other_card"
    CARD_REMOVED = "card_removed"
    CARD_ERROR = "card_error"
    KEY_TYPE_UNSUPPORTED = "key_type_unsupported"
    BUSY = "busy"
    OPENSC_MISSING = "opensc_missing"
    CHALLENGE_MALFORMED = "challenge_malformed"
    CHALLENGE_OF_OTHER_SITE = "challenge_of_other_site"
    CHALLENGE_NOT_FRESH = "challenge_not_fresh"
    CHALLENGE_USED = "challenge_used"
    BAD_REQUEST = "bad_request"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"


SENTENCES = {
    Code.READY: "マイナンバーカードを使えます。利用者証明用の暗証番号（数字4桁）を入力してください。",
    Code.SIGNED: "カードで確認できました。",
    Code.LAST_TRY: "暗証番号はあと1回しか試せません。まちがえるとロックされ、市町村の窓口での手続きが必要になります。"
    "確かな場合だけ、続けることを確認してから入力してください。",
    Code.PIN_LOCKED: "暗証番号がロックされています。"
    "お住まいの市町村の窓口で、利用者証明用の暗証番号の再設定を受けてください。",
    Code.WRONG_PIN: "暗証番号が違います。利用者証明用の数字4桁を確かめて、もう一度入力してください。",
    Code.PIN_NOT_FOUR_DIGITS: "暗証番号は数字4桁で入力してください。カードには送っていません。",
    Code.NO_READER: "カードリーダーが見つかりません。リーダーをパソコンにつなぎ直してください。"
    "それでも見つからないときは、パソコンを再起動してください。",
    Code.NO_CARD: "カードが読み取れません。マイナンバーカードをリーダーに置いて（差し込んで）ください。",
    Code.OTHER_CARD: "マイナンバーカードとして読み取れません。"
    "マイナンバーカードか、向きは合っているかを確かめて、置き直してください。",
    Code.CARD_REMOVED: "途中でカードが離れました。カードを置き直し、終わるまで動かさずに、もう一度やり直してください。",
    Code.CARD_ERROR: "カードとの通信に失敗しました。カードを置き直して、もう一度やり直してください。",
    Code.KEY_TYPE_UNSUPPORTED: "このカードの鍵の種類にはまだ対応していません。運営の窓口にご連絡ください。",
    Code.BUSY: "別の画面でカードを使っています。終わるのを待って、もう一度やり直してください。",
    Code.OPENSC_MISSING: "カードを読むためのソフト（OpenSC）が見つかりません。"
    "この端末の設定担当者に、OpenSCの導入を依頼してください。",
    Code.CHALLENGE_MALFORMED: "確認用の番号の形が正しくありません。画面を開き直してください。",
    Code.CHALLENGE_OF_OTHER_SITE: "別のサイトのための確認です。カードは使えません。"
    "この画面を閉じて、運営の窓口にご連絡ください。",
    Code.CHALLENGE_NOT_FRESH: "確認の制限時間を過ぎました。画面を開き直してください。"
    "何度も出るときは、パソコンの日付と時刻が合っているか確かめてください。",
    Code.CHALLENGE_USED: "この確認用の番号は使用済みです。画面を開き直してください。",
    Code.BAD_REQUEST: "画面からの依頼の形が正しくありません。画面を開き直してください。",
    Code.FORBIDDEN: "このサイトからカードは使えません。",
    Code.NOT_FOUND: "その操作はありません。",
}


class ProblemError(Exception):
    """Why nothing was signed. Holds no PIN and nothing from the card but the number of tries left."""

    def __init__(self, code: Code, *, tries_left: int | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.tries_left = tries_left

    def answer(self) -> dict[str, Any]:
        return answer(self.code, tries_left=self.tries_left)


def answer(code: Code, **more: Any) -> dict[str, Any]:
    """The JSON answer for a code; values that are None are left out."""
    told = {name: value for name, value in more.items() if value is not None}
    sentence = SENTENCES[code]
    if code is Code.WRONG_PIN and "tries_left" in told:
        sentence += f"あと{told['tries_left']}回まちがえるとロックされます。"
    return {"code": code.value, "message": sentence, **told}
