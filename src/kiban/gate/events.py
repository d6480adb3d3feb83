"""Names the gate and the access log use. A name that is not here does not exist: looking it up raises."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """What an access-log row speaks of."""

    RECORD_OPEN = "record:open"
    PEOPLE_LIST = "people:list"
    LOG_READ = "log:read"
    CONSENT_GIVE = "consent:give"
    CONSENT_WITHDRAW = "consent:withdraw"
    RELATION_REGISTER = "relation:register"
    RELATION_END = "relation:end"

    @property
    def label(self) -> str:
        """The event in the words of the screen."""
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    Event.RECORD_OPEN: "情報を開いた",
    Event.PEOPLE_LIST: "一覧に表示した",
    Event.LOG_READ: "見た記録を確認した",
    Event.CONSENT_GIVE: "同意を登録した",
    Event.CONSENT_WITHDRAW: "同意の撤回を登録した",
    Event.RELATION_REGISTER: "本人確認・担当を登録した",
    Event.RELATION_END: "担当を終了した",
}


class Purpose(StrEnum):
    """The declared purposes (利用目的). The same list stands in ``gate.purposes()``; a test holds them together."""

    CARE_PLANNING = "care_planning"
    SERVICE_PROVISION = "service_provision"
    CERTIFICATION_SUPPORT = "certification_support"
    OPINION_WRITING = "opinion_writing"
    INSURER_DUTY = "insurer_duty"
    INQUIRY = "inquiry"

    @property
    def label(self) -> str:
        """The purpose in the words of the screen."""
        return _PURPOSE_LABELS[self]


_PURPOSE_LABELS = {
    Purpose.CARE_PLANNING: "居宅サービス計画の作成・見直し",
    Purpose.SERVICE_PROVISION: "介護サービスの提供",
    Purpose.CERTIFICATION_SUPPORT: "要介護認定の申請支援",
    Purpose.OPINION_WRITING: "主治医意見書の作成",
    Purpose.INSURER_DUTY: "保険者の事務",
    Purpose.INQUIRY: "本人・家族からの相談",
}


class Condition(StrEnum):
    """The eight conditions, in the order in which they are shown."""

    ACCOUNT = "account"
    TERMINAL = "terminal"
    ROLE = "role"
    RELATION = "relation"
    CONSENT = "consent"
    MUNICIPALITY = "municipality"
    DELEGATION = "delegation"
    PURPOSE = "purpose"


STANDING = (Condition.ACCOUNT, Condition.TERMINAL, Condition.DELEGATION, Condition.PURPOSE)

# Every answer the gate can give, by condition. "ok" and "not_needed" let pass.
PASSES = frozenset({"ok", "not_needed"})
ANSWERS: dict[Condition, tuple[str, ...]] = {
    Condition.ACCOUNT: (
        "ok",
        "no_session",
        "session_expired",
        "inactive",
        "first_password",
        "no_second_factor",
        "second_factor_old",
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
    Condition.ROLE: ("ok", "no_cell", "closed", "unconfirmed"),
    Condition.RELATION: (
        "ok",
        "none",
        "no_identity",
        "not_started",
        "ended",
        "other_capacity",
        "other_insurer",
    ),
    Condition.CONSENT: ("ok", "not_needed", "none", "later", "withdrawn"),
    Condition.MUNICIPALITY: ("ok", "unknown_insurer", "not_started", "starts_later", "not_migrated"),
    Condition.DELEGATION: (
        "ok",
        "other_actor",
        "other_organisation",
        "no_permitter",
        "revoked",
        "not_started",
        "ended",
    ),
    Condition.PURPOSE: ("ok", "undeclared"),
}
