"""What ``kiban doctor`` says about cards."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.ops.health import expiry
from kiban.ops.room import Finding, State
from kiban.terminals.card import anchors, revocation


def health() -> Iterator[Finding]:
    """Whether cards can be checked, by whom they may be issued, and whether revocation is asked for."""
    try:
        trusted = anchors.load()
    except anchors.AnchorError as error:
        yield Finding(
            f"マイナンバーカードの発行元の証明書: {error}", State.BAD, "KIBAN_CARD_ANCHORS を直してください。"
        )
        return
    if not trusted:
        yield Finding("マイナンバーカードは使わない設定です(KIBAN_CARD_ANCHORS がありません)")
        return
    renew = "新しい発行元の証明書を KIBAN_CARD_ANCHORS の場所に加えてください(古いものも期限までは残します)。"
    for anchor in trusted:
        name = anchor.subject.rfc4514_string()
        if not anchors.may_issue(anchor):
            remedy = "認証局の証明書に取り替えてください。"
            yield Finding(f"マイナンバーカードの発行元 {name}: 認証局の証明書ではありません", State.BAD, remedy)
            continue
        yield expiry(f"マイナンバーカードの発行元 {name}", anchor.not_valid_after_utc, renew)
    try:
        chosen = revocation.setting()
    except revocation.SettingError as error:
        yield Finding(f"マイナンバーカードの失効の確認: {error}", State.BAD, "直すまで、カードはすべて断られます。")
        return
    if chosen.way is revocation.Way.OFF:
        yield Finding(
            "マイナンバーカードの失効を確認していません(KIBAN_CARD_REVOCATION=off)",
            State.CAUTION,
            "失効したカードも通ります。失効情報を受けられるようになったら、crl: か ocsp: を設定してください。",
        )
    else:
        yield Finding(f"マイナンバーカードの失効は {chosen.way.upper()} で確認します")
