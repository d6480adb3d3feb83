from kiban.ops.room import Room


class EvidenceConfig(Room):
    name = "kiban.evidence"
    label = "evidence"
    verbose_name = "運営指導"
