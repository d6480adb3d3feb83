"""What was typed behind a command and cannot be read is said in Japanese, with the way to the command's help."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kiban.ops import commands
from kiban.ops.our_command import OurCommand
from tests.ops.command import kiban


class Command(OurCommand):
    """One with all an argument can be."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int)
        parser.add_argument("--portal", action="store_true")
        one = parser.add_mutually_exclusive_group(required=True)
        one.add_argument("--left", action="store_true")
        one.add_argument("--right", action="store_true")
        parser.add_argument("--level", choices=["office", "staff"])
        parser.add_argument("--hours", type=int, choices=range(1, 4))
        parser.add_argument("--both", nargs=2)
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list").add_argument("files", nargs="+")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("--left list a --nonsense", "「--nonsense」は、ここでは使えません。"),
        ("--left list", "files を書いてください。"),
        ("--left", "action を書いてください。"),
        ("list a", "--left --right のどれか1つを書いてください。"),
        ("--left --right list a", "--right: --left と一緒には使えません。"),
        ("--left=1 list a", "--left: 後ろには何も付けられません。"),
        ("--left --port", "--port: 後ろに値を書いてください。"),
        ("--left --both 1", "--both: 後ろに値を書いてください。"),
        ("--left --port x list a", "--port: x は数ではありません。数字で書いてください。"),
        ("--left --po 1 list a", "「--po」がどれのことか決まりません(--port、--portal)。"),
        ("--left --level high list a", "--level: high は選べません。次のどれかです: office、staff"),
        ("--left --hours 9 list a", "--hours: 9 は選べません。次のどれかです: 1、2、3"),
        ("--left lost a", "action: lost は選べません。次のどれかです: list"),
    ],
)
def test_every_sentence_of_argparse_is_said_in_japanese(typed: str, sentence: str, capsys):
    command = Command()
    with pytest.raises(SystemExit) as ended:
        command.run_from_argv(["kiban", "some", *typed.split()])
    assert ended.value.code == 2
    usage, *said, way = capsys.readouterr().err.splitlines()
    assert usage.startswith("使い方: kiban some ")
    assert said[-1] == sentence
    assert re.fullmatch(r"使い方は kiban some( list)? --help で見られます。", way)


def test_called_by_another_command_it_is_an_error_of_that():
    with pytest.raises(CommandError, match="--left --right のどれか1つを書いてください"):
        call_command(Command(), "list", "a")


def test_a_command_of_the_house(tmp_path: Path):
    said = kiban("exchange", "check", "--nonsense", KIBAN_DATA=str(tmp_path / "none"))
    assert said.returncode == 2
    assert "usage" not in said.stderr
    assert "使い方は kiban exchange check --help で見られます。" in said.stderr


@pytest.mark.parametrize(("typed", "meant"), [("exchnage", "kiban exchange のことですか。"), ("xyz", "")])
def test_a_command_there_is_not(typed: str, meant: str):
    assert commands.why_unknown(typed) == (
        f"kiban {typed} という命令はありません。{meant}kiban とだけ打つと、命令の一覧が出ます。"
    )


@pytest.mark.parametrize("typed", ["", "help", "version", "--version", "exchange", "migrate"])
def test_a_command_there_is(typed: str):
    assert commands.why_unknown(typed) == ""


def test_a_mistyped_command_ends_with_that_sentence(tmp_path: Path):
    said = kiban("laod", "--help", KIBAN_DATA=str(tmp_path / "none"))
    assert (said.returncode, said.stderr) == (1, f"{commands.why_unknown('laod')}\n")
