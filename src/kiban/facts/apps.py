from kiban.ops.room import Room


class FactsConfig(Room):
    name = "kiban.facts"
    label = "facts"
    verbose_name = "同意・担当の事実"
    sql_functions = ("in_charge", "correction", "consent_by_day")
