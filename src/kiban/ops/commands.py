"""What the ``kiban`` command can do, for somebody who types it alone."""

from __future__ import annotations

import django
from django.core.management import get_commands, load_command_class

WIDTH = 12  # columns of a command's name


def listed() -> str:
    """Our own commands with what each does, one to a line; Django's (``kiban help --commands``) are left out."""
    django.setup()
    ours = sorted(name for name, app in get_commands().items() if app.startswith("kiban."))
    lines = [f"  {name:<{WIDTH}}{load_command_class(get_commands()[name], name).help}" for name in ours]
    return "\n".join(
        [
            "使い方: kiban 命令 …(それぞれの詳しい使い方は kiban 命令 --help)",
            "",
            *lines,
            "",
            "はじめは kiban setup、kiban registry load、kiban begin、kiban serve の順です。試すだけなら kiban demo。",
            "調子の悪いときは kiban doctor。",
        ]
    )
