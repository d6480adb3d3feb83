from kiban.ops.room import Room


class IntakeConfig(Room):
    name = "kiban.intake"
    label = "intake"
    verbose_name = "取込"
