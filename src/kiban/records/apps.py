from kiban.ops.room import Room


class RecordsConfig(Room):
    name = "kiban.records"
    label = "records"
    verbose_name = "情報の種類"
