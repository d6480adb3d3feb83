"""利用目的: for what somebody looks. One list for the pages and the gate."""

from __future__ import annotations

from enum import StrEnum


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
        return _LABELS[self]


_LABELS = {
    Purpose.CARE_PLANNING: "居宅サービス計画の作成・見直し",
    Purpose.SERVICE_PROVISION: "介護サービスの提供",
    Purpose.CERTIFICATION_SUPPORT: "要介護認定の申請支援",
    Purpose.OPINION_WRITING: "主治医意見書の作成",
    Purpose.INSURER_DUTY: "保険者の事務",
    Purpose.INQUIRY: "本人・家族からの相談",
}


def usual_purpose(organisation_kind: str, is_care_manager: bool) -> Purpose:
    """The purpose a page starts from (kind: office, municipality, medical); the user may choose another."""
    if organisation_kind == "municipality":
        return Purpose.INSURER_DUTY
    if organisation_kind == "medical":
        return Purpose.OPINION_WRITING
    return Purpose.CARE_PLANNING if is_care_manager else Purpose.SERVICE_PROVISION
