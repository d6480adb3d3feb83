"""What every ``kiban`` command has: a ``--help`` and refusals in the words of who reads them, no options of Django's.

Django's still work (``--traceback`` for whoever looks for a fault); they are not listed.
"""

from __future__ import annotations

import sys
from argparse import SUPPRESS, _HelpAction, _SubParsersAction
from collections.abc import Iterable
from functools import partial
from typing import Any, NoReturn

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
    SystemCheckError,
)

from kiban.ops import argument_faults

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

    _called_from_command_line = False  # as Django has it, which sets it

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The command's parser, and those of what stands behind its first word."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        _in_japanese(parser)
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django does; a refusal is its words alone, without the name of its class in front."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not self._called_from_command_line or options["traceback"] or isinstance(error, SystemCheckError):
                raise
            self.stderr.write(str(error))
            sys.exit(error.returncode)


def _in_japanese(parser: CommandParser) -> None:
    parser.formatter_class = Help
    parser.error = partial(_refuse, parser)  # type: ignore[method-assign]  # Django chooses the class
    parser._positionals.title, parser._optionals.title = "引数", "オプション"  # argparse has no other way
    for action in parser._actions:
        if isinstance(action, _HelpAction):
            action.help = "この説明を出す"
        if "--skip-checks" in action.option_strings:  # Django adds it by another road than the rest
            action.help = SUPPRESS
        if isinstance(action, _SubParsersAction):
            for one in action.choices.values():
                _in_japanese(one)


def _refuse(parser: CommandParser, message: str) -> NoReturn:
    """What argparse and Django do when they cannot read what was typed, in our words."""
    sentence = argument_faults.said(message)
    if not parser.called_from_command_line:
        raise CommandError(sentence)
    parser.print_usage(sys.stderr)
    parser.exit(2, f"{sentence}\n使い方は {parser.prog} --help で見られます。\n")
