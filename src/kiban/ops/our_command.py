"""What every ``kiban`` command begins with: a ``--help`` in the words of who reads it, without Django's own options.

Those still work (``--traceback`` for whoever looks for a fault); they are not listed.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, _HelpAction, _SubParsersAction
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter

USAGE = "使い方: "


class Help(DjangoHelpFormatter):
    """As argparse lays it out, with the first word in Japanese."""

    def add_usage(self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: Any = None) -> None:
        super().add_usage(usage, actions, groups, USAGE if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """Also after 、: a list of codes is typed off line by line, and none is cut in two."""
        return [line.replace("、 ", "、") for line in super()._split_lines(text.replace("、", "、 "), width)]


class OurCommand(BaseCommand):
    """The class of every command of the house."""

    suppressed_base_arguments = {
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
    }

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The command's parser, and those of what stands behind its first word."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        _in_japanese(parser)
        return parser


def _in_japanese(parser: ArgumentParser) -> None:
    parser.formatter_class = Help
    parser._positionals.title, parser._optionals.title = "引数", "オプション"  # argparse has no other way
    for action in parser._actions:
        if isinstance(action, _HelpAction):
            action.help = "この説明を出す"
        if "--skip-checks" in action.option_strings:  # Django adds it by another road than the rest
            action.help = SUPPRESS
        if isinstance(action, _SubParsersAction):
            for one in action.choices.values():
                _in_japanese(one)
