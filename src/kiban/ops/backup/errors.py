"""Why a backup could not be made, read or restored, as a sentence for the operator that says what to do next."""


class BackupError(RuntimeError):
    """It was not possible; nothing that was there before was changed."""


class DamagedError(BackupError):
    """The file is not what was written: cut, changed, or never whole."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"バックアップのファイルが壊れています({why})。何も変えていません。別のバックアップを使ってください。"
        )
