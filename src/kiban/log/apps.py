from kiban.ops.room import Room


class LogConfig(Room):
    name = "kiban.log"
    label = "log"
    verbose_name = "見た記録"
    sql_functions = ("who_opened",)
