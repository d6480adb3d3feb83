"""How the checking of a card's proof can end, each with a sentence for the person at the terminal."""

from __future__ import annotations

from enum import StrEnum


class Result(StrEnum):
    """``OK``, or the first thing that stood in the way."""

    OK = "ok"
    NOT_SET_UP = "not_set_up"
    MALFORMED = "malformed"
    CHALLENGE_FOREIGN = "challenge_foreign"
    CHALLENGE_OLD = "challenge_old"
    CHALLENGE_USED = "challenge_used"
    ISSUER_UNKNOWN = "issuer_unknown"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    NOT_FOR_AUTHENTICATION = "not_for_authentication"
    KEY_UNSUPPORTED = "key_unsupported"
    SIGNATURE_WRONG = "signature_wrong"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation_unknown"


_AGAIN = "「カードを読む」から、もう一度やり直してください。"
_OFFICE = "お住まいの市町村の窓口で、電子証明書の更新や発行を受けてください。"
MESSAGES = {
    Result.OK: "カードで本人を確認しました。",
    Result.NOT_SET_UP: "このシステムでは、マイナンバーカードを読む設定がまだされていません。"
    "ほかの方法で本人を確認してください。",
    Result.MALFORMED: f"カードの読み取り結果の形が正しくありません。{_AGAIN}",
    Result.CHALLENGE_FOREIGN: f"この画面のための読み取りではありません。{_AGAIN}",
    Result.CHALLENGE_OLD: f"読み取りの制限時間(2分)を過ぎました。{_AGAIN}",
    Result.CHALLENGE_USED: f"この読み取り結果は、すでに使われています。{_AGAIN}",
    Result.ISSUER_UNKNOWN: "信頼できる発行元のカードではありません。マイナンバーカードかどうか確かめてください。",
    Result.NOT_YET_VALID: f"カードの電子証明書が、まだ有効期間に入っていません。{_OFFICE}",
    Result.EXPIRED: f"カードの電子証明書の有効期限が切れています(カードの期限より先に切れることがあります)。{_OFFICE}",
    Result.NOT_FOR_AUTHENTICATION: "利用者証明用の電子証明書ではありません。運営の窓口にご連絡ください。",
    Result.KEY_UNSUPPORTED: "このカードの鍵の種類にはまだ対応していません。運営の窓口にご連絡ください。",
    Result.SIGNATURE_WRONG: f"カードの署名が正しくありません。{_AGAIN}",
    Result.REVOKED: f"カードの電子証明書は失効しています。ほかの方法で本人を確認してください。{_OFFICE}",
    Result.REVOCATION_UNKNOWN: "カードの電子証明書が失効していないかを確かめられませんでした。"
    "少し待ってもう一度やり直すか、ほかの方法で本人を確認してください。",
}


class RefusedError(Exception):
    """Why a proof is not believed. Nothing of the card is in it."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.value)
        self.result = result
