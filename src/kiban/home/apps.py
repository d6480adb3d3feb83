from collections.abc import Iterator

from kiban.ops.room import Place, Room, Step


class HomeConfig(Room):
    name = "kiban.home"
    label = "home"
    verbose_name = "今日"
    navigation = (Place(10, "今日", "home:today"),)

    def daily(self) -> Iterator[Step]:
        """The e-mail with what waits."""
        from kiban.home import digest

        yield Step("期限のお知らせのメール", digest.send_all)
