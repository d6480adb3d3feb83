from kiban.ops.room import Room


class ConsentConfig(Room):
    name = "kiban.consent"
    label = "consent"
    verbose_name = "同意"
    sql_functions = ("consent",)
