"""Names the gate and the access log use. A name that is not here does not exist: looking it up raises."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from kiban.terms.purposes import Purpose

__all__ = ["ANSWERS", "PASSES", "STANDING", "Condition", "Event", "Purpose"]


Word = TypeVar("Word", bound=StrEnum)


def _now_called(words: type[Word], value: object) -> Word | None:
    scope, colon, rest = str(value).partition(":")
    return words("assignment" + colon + rest) if scope == "relation" else None


class Event(StrEnum):
    """What an access-log row speaks of."""

    RECORD_OPEN = "record:open"
    RECORD_MARKS = "record:marks"
    PEOPLE_LIST = "people:list"
    PEOPLE_EXPORT = "people:export"
    LOG_READ = "log:read"
    CONSENT_GIVE = "consent:give"
    CONSENT_READ = "consent:read"
    CONSENT_WITHDRAW = "consent:withdraw"
    CONSENT_REFUSE = "consent:refuse"
    OTHER_CONSENT_GIVE = "other_consent:give"
    OTHER_CONSENT_WITHDRAW = "other_consent:withdraw"
    CONSENT_CORRECT = "consent:correct"
    SCAN_CORRECT = "scan:correct"
    SCAN_HIDDEN = "scan:hidden"
    SCAN_ATTACH = "scan:attach"
    SCAN_OPEN = "scan:open"
    ASSIGNMENT_REGISTER = "assignment:register"
    ASSIGNMENT_READ = "assignment:read"
    ASSIGNMENT_LAPSING = "assignment:lapsing"
    ASSIGNMENT_CONTINUE = "assignment:continue"
    ASSIGNMENT_END = "assignment:end"
    ASSIGNMENT_ENTRUST = "assignment:entrust"
    ASSIGNMENT_GRANT = "assignment:grant"
    ASSIGNMENT_REVOKE = "assignment:revoke"
    ASSIGNMENT_CORRECT = "assignment:correct"
    IDENTITY_CORRECT = "identity:correct"
    HANDOVER_OFFER = "handover:offer"
    HANDOVER_WITHDRAW = "handover:withdraw"
    HANDOVER_LIST = "handover:list"
    PLAN_READ = "plan:read"
    PLAN_DRAFT = "plan:draft"
    PLAN_PUT = "plan:put"
    PLAN_AGREE = "plan:agree"
    PLAN_DELIVER = "plan:deliver"
    PLAN_WITHDRAW = "plan:withdraw"
    STANDARD_RECORD = "standard:record"
    STANDARD_CORRECT = "standard:correct"
    STANDARD_READ = "standard:read"
    STANDARD_LIST = "standard:list"
    EMERGENCY_OPEN = "emergency:open"
    EMERGENCY_LIST = "emergency:list"
    EMERGENCY_REVIEW = "emergency:review"
    EMERGENCY_SWITCH = "emergency:switch"
    EXCHANGE_STAGE = "exchange:stage"
    EXCHANGE_OBJECTIONS = "exchange:objections"
    EXCHANGE_SEND = "exchange:send"
    EXCHANGE_OPEN = "exchange:open"
    EXCHANGE_SETTLE = "exchange:settle"
    EXCHANGE_WITHDRAW = "exchange:withdraw"
    EXCHANGE_VOUCH = "exchange:vouch"
    EXCHANGE_ASK = "exchange:ask"
    EXCHANGE_REPLY = "exchange:reply"
    EXCHANGE_QUERIES = "exchange:queries"

    @classmethod
    def _missing_(cls, value: object) -> Event | None:
        """Rows of the log keep the words they were written with: until November 2026 担当 was called relation."""
        return _now_called(cls, value)

    @property
    def label(self) -> str:
        """The event in the words of the screen."""
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    Event.RECORD_OPEN: "情報を開いた",
    Event.RECORD_MARKS: "新しい記録のしるしを見た",
    Event.PEOPLE_LIST: "一覧に表示した",
    Event.PEOPLE_EXPORT: "一覧をファイル(CSV)に書き出した",
    Event.LOG_READ: "見た記録を確認した",
    Event.CONSENT_GIVE: "同意を登録した",
    Event.CONSENT_READ: "同意の記録を見た",
    Event.CONSENT_WITHDRAW: "同意の撤回を登録した",
    Event.CONSENT_REFUSE: "同意しないことを登録した",
    Event.OTHER_CONSENT_GIVE: "ほかの同意を記録した",
    Event.OTHER_CONSENT_WITHDRAW: "ほかの同意の取りやめを記録した",
    Event.CONSENT_CORRECT: "同意の登録のまちがいを直した",
    Event.SCAN_CORRECT: "まちがえて付けた書面を隠した",
    Event.SCAN_HIDDEN: "付けまちがいの書面の一覧に表示した",
    Event.SCAN_ATTACH: "同意書の画像を付けた",
    Event.SCAN_OPEN: "同意書の画像を開いた",
    Event.ASSIGNMENT_REGISTER: "本人確認・担当を登録した",
    Event.ASSIGNMENT_READ: "担当の記録を見た",
    Event.ASSIGNMENT_LAPSING: "期限の近い担当の一覧に表示した",
    Event.ASSIGNMENT_CONTINUE: "担当の継続を確認した",
    Event.ASSIGNMENT_END: "担当を終了した",
    Event.ASSIGNMENT_ENTRUST: "担当ケアマネを決めた",
    Event.ASSIGNMENT_GRANT: "保険者が担当を登録した",
    Event.ASSIGNMENT_REVOKE: "保険者が担当を外した",
    Event.ASSIGNMENT_CORRECT: "担当の登録のまちがいを直した",
    Event.IDENTITY_CORRECT: "本人確認の登録のまちがいを直した",
    Event.HANDOVER_OFFER: "引き継ぎを申し出た",
    Event.HANDOVER_WITHDRAW: "引き継ぎの申し出を取りやめた",
    Event.HANDOVER_LIST: "引き継ぎの申し出を見た",
    Event.PLAN_READ: "自分の計画書を開いた",
    Event.PLAN_DRAFT: "計画書を途中で保存した",
    Event.PLAN_PUT: "計画書を登録した",
    Event.PLAN_AGREE: "計画書への同意を登録した",
    Event.PLAN_DELIVER: "計画書の交付を登録した",
    Event.PLAN_WITHDRAW: "計画書を取り下げた",
    Event.STANDARD_RECORD: "運営基準の記録を入力した",
    Event.STANDARD_CORRECT: "運営基準の記録の入力のまちがいを直した",
    Event.STANDARD_READ: "運営基準の記録を見た",
    Event.STANDARD_LIST: "運営基準の月の一覧に表示した",
    Event.EMERGENCY_OPEN: "緊急で開いた",
    Event.EMERGENCY_LIST: "緊急の閲覧の一覧に表示した",
    Event.EMERGENCY_REVIEW: "緊急の閲覧を確かめた",
    Event.EMERGENCY_SWITCH: "緊急の閲覧の設定を変えた",
    Event.EXCHANGE_STAGE: "連携のファイルを送る準備をした",
    Event.EXCHANGE_OBJECTIONS: "送れない利用者がいないか確かめた",
    Event.EXCHANGE_SEND: "連携のファイルを送った",
    Event.EXCHANGE_OPEN: "連携のファイルを開いた",
    Event.EXCHANGE_SETTLE: "連携のファイルの取り込みを知らせた",
    Event.EXCHANGE_WITHDRAW: "連携のファイルを取り消した",
    Event.EXCHANGE_VOUCH: "送り先の利用者だと確かめた",
    Event.EXCHANGE_ASK: "予定と実績の違いを問い合わせた",
    Event.EXCHANGE_REPLY: "問い合わせに答えた",
    Event.EXCHANGE_QUERIES: "問い合わせの一覧に表示した",
}


class Condition(StrEnum):
    """The eight conditions, in the order in which they are shown."""

    ACCOUNT = "account"
    TERMINAL = "terminal"
    ROLE = "role"
    ASSIGNMENT = "assignment"
    CONSENT = "consent"
    MUNICIPALITY = "municipality"
    DELEGATION = "delegation"
    PURPOSE = "purpose"

    @classmethod
    def _missing_(cls, value: object) -> Condition | None:
        """As ``Event._missing_``."""
        return _now_called(cls, value)


STANDING = (Condition.ACCOUNT, Condition.TERMINAL, Condition.DELEGATION, Condition.PURPOSE)

# Every answer the gate can give, by condition; these let pass.
PASSES = frozenset({"ok", "not_needed", "emergency"})
NOT_ASKED = "not_asked"  # the caller's standing is not right: nothing was looked at
ANSWERS: dict[Condition, tuple[str, ...]] = {
    Condition.ACCOUNT: (
        "ok",
        "no_session",
        "session_expired",
        "inactive",
        "first_password",
        "no_second_factor",
        "second_factor_old",
        "locked",
        "too_fast",
        "unsealed",
        "not_employed",
        "not_yet_employed",
        "left",
        "organisation_not_in_use",
    ),
    Condition.TERMINAL: (
        "ok",
        "none",
        "unknown",
        "revoked",
        "not_yet_valid",
        "expired",
        "other_organisation",
        "other_terminal",
    ),
    Condition.ROLE: ("ok", "no_cell", "closed", "unconfirmed", NOT_ASKED),
    Condition.ASSIGNMENT: (
        "ok",
        "emergency",
        "none",
        "no_identity",
        "not_started",
        "ended",
        "other_capacity",
        "other_insurer",
        NOT_ASKED,
    ),
    Condition.CONSENT: ("ok", "not_needed", "emergency", "none", "later", "refused", "withdrawn", NOT_ASKED),
    Condition.MUNICIPALITY: ("ok", "unknown_insurer", "not_started", "starts_later", "not_migrated", NOT_ASKED),
    Condition.DELEGATION: (
        "ok",
        "other_actor",
        "other_organisation",
        "no_permitter",
        "revoked",
        "not_started",
        "ended",
        "absent_left",
        "out_of_scope",
    ),
    Condition.PURPOSE: ("ok", "undeclared"),
}
