from kiban.ops.room import Room


class DemoConfig(Room):
    name = "kiban.demo"
    label = "demo"
    verbose_name = "デモ"
