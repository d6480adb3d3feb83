"""What a person is told before giving the comprehensive consent (包括的同意): versioned, our own words.

No official text was published where we could read it (docs/decisions.md); a consent names the version it was given on.
A text that was shown to somebody is never changed: a better one is a new version.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A heading (may be empty) and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """One version of the text: ``since`` is the first day it was shown to anybody."""

    version: str
    since: dt.date
    sections: tuple[Section, ...]


_TEXTS = (
    Explanation(
        "2026-11",
        dt.date(2026, 11, 1),
        (
            Section(
                "",
                (
                    (
                        "あなたの介護保険の情報(被保険者証、要介護認定、主治医意見書、住宅改修・福祉用具、ケアプラン、LIFE)"
                        "を、あなたを担当する介護事業所や医療機関が、サービスのために電子的に見られるようにします。"
                    ),
                    (
                        "見られるのは、本人確認をして担当として登録された事業所の、役割として認められた職員だけです。"
                        "だれが、いつ、どの端末で、何を見たかは、すべて記録されます。"
                    ),
                    "同意は市町村に対して一度だけいただきます。事業所は市町村に代わって同意を伺うことがあります。",
                    (
                        "同意はいつでも撤回できます。撤回すると、その時から見られなくなります。"
                        "同意しなくても、介護サービスを受けられなくなることはありません。"
                    ),
                ),
            ),
        ),
    ),
    Explanation(
        "2026-11-23",
        dt.date(2026, 11, 23),
        (
            Section(
                "何のための同意ですか",
                (
                    (
                        "あなたの介護保険の情報を、あなたを担当する介護事業所や医療機関が、サービスのために"
                        "電子的に見られるようにします。何度も同じことをお聞きしたり、書類をお借りしたりすることが減ります。"
                    ),
                ),
            ),
            Section(
                "どの情報ですか",
                (
                    (
                        "介護保険の被保険者証など、要介護認定の結果や調査票、主治医意見書、住宅改修・福祉用具の利用、"
                        "ケアプラン、LIFE(科学的介護)の情報です。マイナンバー(12桁の番号)は使いません。"
                    ),
                ),
            ),
            Section(
                "だれが見られますか",
                (
                    (
                        "本人確認をして担当として登録された事業所の、役割として認められた職員だけです。"
                        "だれが、いつ、どの端末で、何を見たかは、すべて記録されます。"
                    ),
                ),
            ),
            Section(
                "同意はだれに対するものですか",
                ("市町村に対して、一度だけいただきます。事業所は、市町村に代わって同意を伺うことがあります。",),
            ),
            Section(
                "同意しないとどうなりますか",
                (
                    (
                        "同意しなくても、介護サービスを受けられなくなることはありません。"
                        "事業所は、必要なことをこれまでどおり書類などで確かめます。"
                    ),
                ),
            ),
            Section(
                "取り消せますか",
                (
                    (
                        "いつでも取り消せます。理由はいりません。事業所か市町村にお伝えください。"
                        "取り消しを登録した時から見られなくなります。それまでに見た記録は残ります。"
                    ),
                ),
            ),
        ),
    ),
)
TEXTS: dict[str, Explanation] = {text.version: text for text in _TEXTS}
CURRENT = _TEXTS[-1].version

# A text that is not ours: the form a municipality hands out.
MUNICIPAL_TEXT = "municipality"

SIGNERS: dict[str, str] = {
    "self": "本人",
    "scribe": "代筆(本人の意思を確認して書いた)",
    "legal_agent": "法定代理人",
    "voluntary_agent": "任意後見人",
    "family": "家族",
}
CHANNELS: dict[str, str] = {
    "meeting": "会って伺った",
    "letter": "郵便",
    "telephone": "電話",
    "other": "その他(覚え書きに書く)",
}
# What came by a municipal file, or before channels were kept.
UNKNOWN_CHANNEL = "unconfirmed"
OTHER_KINDS: dict[str, str] = {
    "article33": "個人情報を使うことの同意(運営基準第33条)",
    "application": "認定申請書の同意欄",
}

# What is not settled nationally, said where somebody would have to know it. Never decided here.
UNSETTLED_SIGNERS: dict[str, str] = {
    "legal_agent": "この仕組みの中での法定代理人の扱いは、国から示されていません"
    "(一般のガイダンスでは、成年被後見人などは法定代理人から同意を得ます)。市町村に確かめてください。",
    "voluntary_agent": "任意後見人が本人に代わって同意できるかは、国から示されていません。市町村に確かめてください。",
    "family": "家族の署名だけで足りるかは、国から示されていません。市町村に確かめてください。",
}
UNSETTLED_CHANNELS: dict[str, str] = {
    "telephone": "電話だけで同意を伺ってよいかは、国から示されていません。市町村に確かめてください。",
}
UNSETTLED: tuple[str, ...] = (
    "国が定める同意書の様式と説明文。ここで使う説明文は、この仕組みで用意したものです。",
    "家族や任意後見人が本人に代わって同意できるか。認知症などで判断が難しい方の同意をどう伺うか。",
    "代筆のときに、立会人が必要か。ここでは、後で確かめられるように立会人の名前を入れていただきます。",
    "電話や郵便だけで同意を伺ってよいか。",
    "同意しないこと・取り消しの手続き。事業所ごとや情報ごとに取り消せるか。ここでは、全部の取り消しとして扱います。",
    "一部の情報だけに同意できるか。ここでは、全部への同意だけを登録できます。",
    "説明文が新しくなったときに、同意を取り直す必要があるか。",
    "同意の記録を残す期間。ここでは消しません。",
)


def version_label(version: str) -> str:
    """What a recorded version is called: ours, a municipality's, or one nobody here knows."""
    if version in TEXTS:
        return f"{version}版"
    if version == MUNICIPAL_TEXT:
        return "市町村の説明文"
    return f"この仕組みにない説明文({version})" if version else "説明文の記録がありません"
