"""やさしい日本語: the explanation in easy words, beside the text that is agreed to and never in its place.

One for a version of ``explanation.TEXTS``. It is our own explanation; what the person signs names that version, and the
words of that version are what was agreed to.
"""

from __future__ import annotations

from kiban.consent.explanation import Section

EASY: dict[str, tuple[Section, ...]] = {
    "2026-11-23": (
        Section(
            "これは何の紙ですか",
            (
                "介護の仕事をする人が、あなたの介護の情報を、コンピューターで見てもいいですか、と聞く紙です。",
                "見てもいいと、あなたに同じことを何回も聞かなくてもよくなります。",
            ),
        ),
        Section(
            "どんな情報を見ますか",
            (
                "介護保険の番号と期間。どのくらい介護が必要か。医者が書いた意見。家を直したこと、借りた道具。",
                "介護の計画。体の様子の記録。",
                "マイナンバーは使いません。",
            ),
        ),
        Section(
            "だれが見ますか",
            (
                "あなたを手伝う事業所の中で、見てもいいと決まっている人だけです。",
                "だれが、いつ、どの機械で、何を見たかは、全部記録に残ります。",
            ),
        ),
        Section(
            "だれに「いいです」と言いますか",
            ("あなたが住んでいる市・町・村に、1回だけ言います。事業所の人が、代わりに聞くことがあります。",),
        ),
        Section(
            "「いやです」と言ってもいいですか",
            ("いいです。「いやです」と言っても、介護のサービスは使えます。事業所は、必要なことを紙などで確かめます。",),
        ),
        Section(
            "あとで、やめることができますか",
            (
                "いつでも、やめることができます。理由は言わなくてもいいです。事業所か、市・町・村の役所に言ってください。",
                "やめると、その時から見ることができません。それまでに見た記録は残ります。",
            ),
        ),
        Section(
            "わからないとき",
            ("わからないことは、何回聞いてもいいです。今日決めなくてもいいです。",),
        ),
    ),
}
