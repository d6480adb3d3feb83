from kiban.ops.room import Place, Room


class ViewingConfig(Room):
    name = "kiban.viewing"
    label = "viewing"
    verbose_name = "介護WEBサービス"
    navigation = (Place(20, "利用者", "viewing:people"),)
