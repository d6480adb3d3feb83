from kiban.ops.room import Room


class PlansConfig(Room):
    name = "kiban.plans"
    label = "plans"
    verbose_name = "計画書"
    sql_functions = ("plan",)
