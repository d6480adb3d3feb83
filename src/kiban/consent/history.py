"""What a person said about the consent, as the gate answers it: facts in plain words, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from kiban.consent import acts, explanation
from kiban.consent.earliest_day import COMPREHENSIVE, EarliestDay
from kiban.facts.corrections import Correction
from kiban.terms import partial_days
from kiban.terms.partial_days import Day
from kiban.terms.wareki import to_wareki
from kiban.web.request import Caller

GOES_ON = (
    "介護サービスは、これまでどおり続けられます。担当の登録もそのままです。"
    "必要なことは、ご本人に書類を見せていただくか、市町村に確かめてください。"
)
SIGNED, TAKEN = "署名した人", "受けたところ"


@dataclass(frozen=True)
class State:
    """Whether the person consents now.

    Attributes:
        key: given, later, refused, withdrawn or none.
        mark: how the page marks it (good, soon, bad, off).
        meaning: what it means for the office, in sentences.
    """

    key: str
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
    """A signed paper that the reader's organisation attached."""

    number: int
    ending: str
    by: str
    at: dt.datetime
    correction: Correction | None = None


@dataclass(frozen=True)
class Fact:
    """One thing the person said, with everything that was recorded of it.

    Attributes:
        subject: consent, withdrawal, refusal or other (an older consent).
        is_ours: the reader's organisation recorded it.
        correction: it never was so; it counts no more.
        is_mistaken: as ``correction``, also for whoever may not know who and why.
        is_correctable: it stands by itself: a withdrawal that is the other half of a refusal goes with that.
    """

    subject: str
    number: int
    title: str
    on: dt.date | None
    lines: list[tuple[str, str]]
    recorded_at: dt.datetime
    is_ours: bool
    is_in_force: bool
    cautions: list[str] = field(default_factory=list)
    correction: Correction | None = None
    is_correctable: bool = True
    is_mistaken: bool = False
    scans: list[Scan] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Who signed and who took it, in one line."""
        return "・".join(value for label, value in self.lines if label in {SIGNED, TAKEN})


@dataclass(frozen=True)
class History:
    """All that one person said about the consent."""

    name: str
    kana: str
    birth: Day
    insurer_name: str
    state: State
    facts: list[Fact]
    others: list[Fact]
    papers_taken_back: list[Correction] = field(default_factory=list)

    def fact(self, subject: str, number: int) -> Fact | None:
        """A fact that the reader's organisation recorded."""
        ours = (fact for fact in (*self.facts, *self.others) if fact.is_ours)
        return next((fact for fact in ours if (fact.subject, fact.number) == (subject, number)), None)

    @property
    def now(self) -> Fact | None:
        """The fact the state rests on."""
        return next((fact for fact in self.facts if fact.is_in_force), None)

    def earliest_day(self, *subjects: str) -> EarliestDay:
        """The earliest day of a new fact, which cannot lie before the last of these."""
        today = timezone.localdate()  # a consent from a later day on can be taken back today
        days = [
            (fact.on, fact.title)
            for fact in self.facts
            if fact.subject in subjects and fact.on and fact.on <= today and fact.correction is None
        ]
        if not days:
            return COMPREHENSIVE
        day, title = max(days)
        return EarliestDay(
            day,
            f"{to_wareki(day)}に「{title}」の記録があります。それより前の日は入れられません。日付を確かめてください。",
        )


def read(caller: Caller, key: int, purpose: str) -> History | None:
    """What a person said; ``None`` where the caller's organisation is not in charge of the person."""
    answer = acts.history(caller, key, purpose)
    return None if answer is None else of_answer(answer)


def of_answer(answer: dict[str, Any]) -> History:
    """The history in what ``gate.answer_consents`` answers."""
    state = _STATES[answer["state"]]
    corrections = {(one.subject, one.number): one for one in map(Correction.of, answer["corrections"])}
    scans = _scans(answer["scans"], corrections)
    facts = [
        *_consents(answer["consents"], state),
        *(_withdrawal_taken_back(one) for one in answer["corrections"] if one["subject"] == "withdrawal"),
        *(_refusal(refusal, state) for refusal in answer["refusals"]),
    ]
    facts = [_corrected(fact, corrections) for fact in facts]
    others = [_corrected(_other(consent), corrections) for consent in answer["others"]]
    for fact in (*facts, *others):
        fact.scans.extend(scans.get((fact.subject, fact.number), []))
    person = answer["person"]
    return History(
        name=person["name"],
        kana=person["kana"],
        birth=partial_days.of(person["birth"]),
        insurer_name=person["insurer_name"] or "",
        state=state,
        facts=sorted(facts, key=lambda fact: fact.recorded_at, reverse=True),
        others=others,
        papers_taken_back=[one for one in corrections.values() if one.subject == "scan"],
    )


def _corrected(fact: Fact, corrections: dict[tuple[str, int], Correction]) -> Fact:
    """The fact with what took it back. Whoever may not know why sees that it was."""
    if not fact.is_mistaken:
        return fact
    return replace(fact, correction=corrections.get((fact.subject, fact.number)) or fact.correction)


def _withdrawal_taken_back(correction: dict[str, Any]) -> Fact:
    """A withdrawal nobody had asked for, as it stood."""
    was = {**correction["was"], "number": correction["subject_number"]}
    was |= {"withdrawn_organisation": correction["organisation"], "withdrawn_account": None}
    was |= {"withdrawn_own": correction["own"], "withdrawal_of_refusal": False}
    fact = _withdrawal(was, _STATES["none"], newest=False)
    return replace(fact, is_mistaken=True)


def _consents(consents: list[dict[str, Any]], state: State) -> list[Fact]:
    facts = []
    for consent in consents:
        facts.append(
            Fact(
                "consent",
                consent["number"],
                "同意",
                dt.date.fromisoformat(consent["given_on"]),
                [
                    *_signing(consent, ""),
                    ("説明文", explanation.version_label(consent["text_version"])),
                    (TAKEN, _taker(consent)),
                    *_note(consent["note"]),
                ],
                _time(consent["recorded_at"]),
                bool(consent["own"]),
                state.is_open and consent["withdrawn_at"] is None and consent["mistaken_at"] is None,
                [*_unsettled(consent["signer"], consent["channel"]), *_older(consent["text_version"])],
                is_mistaken=consent["mistaken_at"] is not None,
            )
        )
        if consent["withdrawn_at"] is not None:
            stand = [one for one in consents if one["mistaken_at"] is None]
            facts.append(_withdrawal(consent, state, newest=bool(stand) and consent is stand[0]))
    return facts


def _withdrawal(consent: dict[str, Any], state: State, *, newest: bool) -> Fact:
    at = _time(consent["withdrawn_at"])
    signer = consent["withdrawn_signer"]
    lines = _signing(consent, "withdrawn_") if signer else []
    return Fact(
        "withdrawal",
        consent["number"],
        "撤回",
        dt.date.fromisoformat(consent["withdrawn_on"]) if consent["withdrawn_on"] else timezone.localtime(at).date(),
        [
            *lines,
            (TAKEN, consent["withdrawn_organisation"] or "市町村(データ)"),
            *_by(consent["withdrawn_account"]),
            *_note(consent["withdrawn_note"]),
        ],
        at,
        bool(consent["withdrawn_own"]),
        newest and state.key == "withdrawn",
        _unsettled(signer or "", consent["withdrawn_channel"] or ""),
        is_correctable=not consent["withdrawal_of_refusal"],
    )


def _refusal(refusal: dict[str, Any], state: State) -> Fact:
    return Fact(
        "refusal",
        refusal["number"],
        "同意しない",
        dt.date.fromisoformat(refusal["refused_on"]),
        [
            *_signing(refusal, ""),
            ("説明文", explanation.version_label(refusal["text_version"])),
            (TAKEN, refusal["organisation"] or ""),
            *_by(refusal["account"]),
            *_note(refusal["note"]),
        ],
        _time(refusal["recorded_at"]),
        bool(refusal["own"]),
        state.key == "refused" and refusal["ended_at"] is None,
        _unsettled(refusal["signer"], refusal["channel"]),
        is_mistaken=refusal["mistaken_at"] is not None,
    )


def _other(consent: dict[str, Any]) -> Fact:
    ended = _time(consent["withdrawn_at"]) if consent["withdrawn_at"] else None
    return Fact(
        "other",
        consent["number"],
        explanation.OTHER_KINDS[consent["kind"]],
        dt.date.fromisoformat(consent["given_on"]),
        [
            (SIGNED, _signer(consent["signer"], consent["signer_name"])),
            ("家族の情報", "含む" if consent["covers_family"] else "含まない"),
            *_by(consent["account"]),
            *_note(consent["note"]),
            *([("撤回", to_wareki(timezone.localtime(ended).date()))] if ended else []),
        ],
        _time(consent["recorded_at"]),
        True,
        ended is None and consent["mistaken_at"] is None,
        is_mistaken=consent["mistaken_at"] is not None,
    )


def _signing(signing: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    channel, witness = signing[f"{prefix}channel"], signing[f"{prefix}witness"]
    return [
        (SIGNED, _signer(signing[f"{prefix}signer"], signing[f"{prefix}signer_name"])),
        *([("立会人", witness)] if witness else []),
        ("伺い方", explanation.CHANNELS.get(channel, "記録がありません")),
    ]


def _signer(signer: str, name: str) -> str:
    words = explanation.SIGNERS.get(signer, signer)
    return f"{words} {name}" if name else words


def _taker(consent: dict[str, Any]) -> str:
    organisation = consent["organisation"]
    if consent["taken_by"] == "municipality":
        who = organisation or "市町村(データ)"
    else:
        who = f"{organisation or '事業所(市町村のデータ)'}(市町村に代わって)"
    return f"{who} {consent['account']}" if consent["account"] else who


def _by(account: str | None) -> list[tuple[str, str]]:
    return [("登録した人", account)] if account else []


def _note(note: str | None) -> list[tuple[str, str]]:
    return [("覚え書き", note)] if note else []


def _unsettled(signer: str, channel: str) -> list[str]:
    sentences = (explanation.UNSETTLED_SIGNERS.get(signer), explanation.UNSETTLED_CHANNELS.get(channel))
    return [f"未確認: {sentence}" for sentence in sentences if sentence]


def _older(version: str) -> list[str]:
    if version not in explanation.TEXTS or version == explanation.CURRENT:
        return []
    return [
        (
            f"前の説明文({version}版)でいただいた同意です。いまの版は{explanation.CURRENT}版です。"
            "取り直す必要があるかは、国から示されていません(未確認)。"
        )
    ]


def _scans(
    answers: list[dict[str, Any]], corrections: dict[tuple[str, int], Correction]
) -> dict[tuple[str, int], list[Scan]]:
    papers: dict[tuple[str, int], list[Scan]] = {}
    for answer in answers:
        kind = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG"}[answer["media_type"]]
        at, correction = _time(answer["recorded_at"]), corrections.get(("scan", answer["number"]))
        scan = Scan(answer["number"], kind, answer["account"] or "", at, correction)
        papers.setdefault((answer["subject"], answer["subject_number"]), []).append(scan)
    return papers


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
