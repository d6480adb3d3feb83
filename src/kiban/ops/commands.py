"""What the ``kiban`` command can do, for somebody who types it alone or mistypes what follows."""

from __future__ import annotations

from difflib import get_close_matches

import django
from django.core.management import get_commands, load_command_class

DJANGOS_OWN = ("help", "version")  # which it has no command for
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


def why_unknown(command: str) -> str:
    """That there is no such command, and which may be meant; empty when there is. Options are not looked at."""
    django.setup()
    if not command or command.startswith("-") or command in (*DJANGOS_OWN, *get_commands()):
        return ""
    near = get_close_matches(command, [name for name, app in get_commands().items() if app.startswith("kiban.")], n=1)
    meant = f"kiban {near[0]} のことですか。" if near else ""
    return f"kiban {command} という命令はありません。{meant}kiban とだけ打つと、命令の一覧が出ます。"
