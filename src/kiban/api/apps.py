from kiban.ops.room import Room


class ApiConfig(Room):
    name = "kiban.api"
    label = "api"
    verbose_name = "API"
