"""What the gate tells about a person's consent, as facts in plain words, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from kiban.consent import explanation
from kiban.consent.pages.forms import COMPREHENSIVE, Bound
from kiban.terms.wareki import to_wareki

GOES_ON = (
    "介護サービスは、これまでどおり続けられます。担当の登録もそのままです。"
    "必要なことは、ご本人に書類を見せていただくか、市町村に確かめてください。"
)
SIGNED, TAKEN = "署名した人", "受けたところ"


@dataclass(frozen=True)
class State:
    """What stands now: a word for the page's mark, the sentence, what it means for the office."""

    key: str  # given | later | refused | withdrawn | none
    mark: str
    sentence: str
    meaning: str

    @property
    def is_open(self) -> bool:
        """Whether a consent is there that can be taken back."""
        return self.key in {"given", "later"}


_STATES = {
    "given": State("given", "good", "同意しています", "同意が必要な情報も、役割に応じて表示されます。"),
    "later": State("later", "soon", "これから始まる同意があります", "同意の日まで、同意が必要な情報は表示されません。"),
    "refused": State("refused", "bad", "同意しないと言われています", f"同意が必要な情報は表示されません。{GOES_ON}"),
    "withdrawn": State("withdrawn", "bad", "同意は撤回されました", f"同意が必要な情報は表示されません。{GOES_ON}"),
    "none": State(
        "none",
        "off",
        "同意の記録はありません",
        "同意が必要な情報は表示されません。同意は市町村の窓口でいただくほか、市町村に代わって事業所で伺うこともできます。"
        f"{GOES_ON}",
    ),
}


@dataclass(frozen=True)
class Scan:
    """A signed paper the own office attached."""

    number: int
    ending: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Fact:
    """One thing the person said, or one paper, with everything that was kept of it."""

    subject: str  # as the gate calls it: consent | withdrawal | refusal | other
    number: int
    title: str
    on: dt.date | None
    lines: list[tuple[str, str]]
    recorded_at: dt.datetime
    own: bool  # recorded by the own office
    is_in_force: bool
    cautions: list[str] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Who signed and who took it, in one line."""
        return "・".join(value for label, value in self.lines if label in {SIGNED, TAKEN})


@dataclass(frozen=True)
class Story:
    """The consent of one person."""

    name: str
    kana: str
    birth: dt.date
    insurer_name: str
    state: State
    facts: list[Fact]
    others: list[Fact]

    def fact(self, subject: str, number: int) -> Fact | None:
        """One of the own office's facts."""
        return next(
            (f for f in (*self.facts, *self.others) if f.own and (f.subject, f.number) == (subject, number)), None
        )

    @property
    def now(self) -> Fact | None:
        """The fact the state rests on."""
        return next((fact for fact in self.facts if fact.is_in_force), None)

    def first_day(self, *subjects: str) -> Bound:
        """The earliest day a new fact can have: not before the last of these, which it follows."""
        today = timezone.localdate()  # a consent from a later day on can be taken back today
        days = [
            (fact.on, fact.title) for fact in self.facts if fact.subject in subjects and fact.on and fact.on <= today
        ]
        if not days:
            return COMPREHENSIVE
        day, title = max(days)
        return Bound(
            day,
            f"{to_wareki(day)}に「{title}」の記録があります。それより前の日は入れられません。日付を確かめてください。",
        )


def tell(answer: dict[str, Any]) -> Story:
    """The story in what ``gate.consents.history`` answers."""
    state = _STATES[answer["state"]]
    scans = _scans(answer["scans"])
    facts = [
        *_consents(answer["consents"], state),
        *(_refusal(one, state) for one in answer["refusals"]),
    ]
    for fact in facts:
        fact.scans.extend(scans.get((fact.subject, fact.number), []))
    others = [_other(one) for one in answer["others"]]
    for fact in others:
        fact.scans.extend(scans.get((fact.subject, fact.number), []))
    person = answer["person"]
    return Story(
        name=person["name"],
        kana=person["kana"],
        birth=dt.date.fromisoformat(person["birth"]),
        insurer_name=person["insurer_name"] or "",
        state=state,
        facts=sorted(facts, key=lambda fact: fact.recorded_at, reverse=True),
        others=others,
    )


def _consents(found: list[dict[str, Any]], state: State) -> list[Fact]:
    facts = []
    for one in found:
        facts.append(
            Fact(
                "consent",
                one["number"],
                "同意",
                dt.date.fromisoformat(one["given_on"]),
                [
                    *_signing(one, ""),
                    ("説明文", explanation.version_label(one["text_version"])),
                    (TAKEN, _taker(one)),
                    *_note(one["note"]),
                ],
                _time(one["recorded_at"]),
                bool(one["own"]),
                state.is_open and one["withdrawn_at"] is None,
                [*_unsettled(one["signer"], one["channel"]), *_older(one["text_version"])],
            )
        )
        if one["withdrawn_at"] is not None:
            facts.append(_withdrawal(one, state, newest=one is found[0]))
    return facts


def _withdrawal(one: dict[str, Any], state: State, *, newest: bool) -> Fact:
    at = _time(one["withdrawn_at"])
    signer = one["withdrawn_signer"]
    lines = _signing(one, "withdrawn_") if signer else []
    return Fact(
        "withdrawal",
        one["number"],
        "撤回",
        dt.date.fromisoformat(one["withdrawn_on"]) if one["withdrawn_on"] else timezone.localtime(at).date(),
        [
            *lines,
            (TAKEN, one["withdrawn_organisation"] or "市町村(データ)"),
            *_by(one["withdrawn_account"]),
            *_note(one["withdrawn_note"]),
        ],
        at,
        bool(one["withdrawn_own"]),
        newest and state.key == "withdrawn",
        _unsettled(signer or "", one["withdrawn_channel"] or ""),
    )


def _refusal(one: dict[str, Any], state: State) -> Fact:
    return Fact(
        "refusal",
        one["number"],
        "同意しない",
        dt.date.fromisoformat(one["refused_on"]),
        [
            *_signing(one, ""),
            ("説明文", explanation.version_label(one["text_version"])),
            (TAKEN, one["organisation"] or ""),
            *_by(one["account"]),
            *_note(one["note"]),
        ],
        _time(one["recorded_at"]),
        bool(one["own"]),
        state.key == "refused" and one["ended_at"] is None,
        _unsettled(one["signer"], one["channel"]),
    )


def _other(one: dict[str, Any]) -> Fact:
    ended = _time(one["withdrawn_at"]) if one["withdrawn_at"] else None
    return Fact(
        "other",
        one["number"],
        explanation.OTHER_KINDS[one["kind"]],
        dt.date.fromisoformat(one["given_on"]),
        [
            (SIGNED, _signer(one["signer"], one["signer_name"])),
            ("家族の情報", "含む" if one["covers_family"] else "含まない"),
            *_by(one["account"]),
            *_note(one["note"]),
            *([("撤回", to_wareki(timezone.localtime(ended).date()))] if ended else []),
        ],
        _time(one["recorded_at"]),
        True,
        ended is None,
    )


def _signing(one: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    channel, witness = one[f"{prefix}channel"], one[f"{prefix}witness"]
    return [
        (SIGNED, _signer(one[f"{prefix}signer"], one[f"{prefix}signer_name"])),
        *([("立会人", witness)] if witness else []),
        ("伺い方", explanation.CHANNELS.get(channel, "記録がありません")),
    ]


def _signer(signer: str, name: str) -> str:
    words = explanation.SIGNERS.get(signer, signer)
    return f"{words} {name}" if name else words


def _taker(one: dict[str, Any]) -> str:
    organisation = one["organisation"]
    if one["taken_by"] == "municipality":
        who = organisation or "市町村(データ)"
    else:
        who = f"{organisation or '事業所(市町村のデータ)'}(市町村に代わって)"
    return f"{who} {one['account']}" if one["account"] else who


def _by(account: str | None) -> list[tuple[str, str]]:
    return [("登録した人", account)] if account else []


def _note(note: str | None) -> list[tuple[str, str]]:
    return [("覚え書き", note)] if note else []


def _unsettled(signer: str, channel: str) -> list[str]:
    said = (explanation.UNSETTLED_SIGNERS.get(signer), explanation.UNSETTLED_CHANNELS.get(channel))
    return [f"未確認: {sentence}" for sentence in said if sentence]


def _older(version: str) -> list[str]:
    if version not in explanation.TEXTS or version == explanation.CURRENT:
        return []
    return [
        (
            f"前の説明文({version}版)でいただいた同意です。いまの版は{explanation.CURRENT}版です。"
            "取り直す必要があるかは、国から示されていません(未確認)。"
        )
    ]


def _scans(found: list[dict[str, Any]]) -> dict[tuple[str, int], list[Scan]]:
    papers: dict[tuple[str, int], list[Scan]] = {}
    for one in found:
        kind = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG"}[one["media_type"]]
        scan = Scan(one["number"], kind, one["account"] or "", _time(one["recorded_at"]))
        papers.setdefault((one["subject"], one["subject_number"]), []).append(scan)
    return papers


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
