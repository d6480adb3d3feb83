from kiban.ops.room import Room


class RegistryConfig(Room):
    name = "kiban.registry"
    label = "registry"
    verbose_name = "台帳"

    def reference_data(self) -> None:
        """Code lists only; the masters are loaded by ``kiban registry load``."""
        from kiban.registry import codes

        codes.load()
