"""What a person is told before giving the comprehensive consent (包括的同意): versioned, our own words.

No official text was published where we could read it (docs/decisions.md); a consent names the version it was given on.
"""

from __future__ import annotations

CURRENT = "2026-11"

# One string a paragraph.
TEXTS: dict[str, tuple[str, ...]] = {
    "2026-11": (
        (
            "あなたの介護保険の情報(被保険者証、要介護認定、主治医意見書、住宅改修・福祉用具、ケアプラン、LIFE)を、"
            "あなたを担当する介護事業所や医療機関が、サービスのために電子的に見られるようにします。"
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
}

SIGNERS: dict[str, str] = {
    "self": "本人",
    "scribe": "代筆(本人の意思を確認して書いた)",
    "legal_agent": "法定代理人",
    "voluntary_agent": "任意後見人",
    "family": "家族",
}
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
