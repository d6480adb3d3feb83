"""``kiban-exchange sync FOLDER``: one run, or one every few minutes."""

from __future__ import annotations

import argparse
import sys
import time
from enum import IntEnum
from pathlib import Path

from kiban_exchange import __version__, disk, journal
from kiban_exchange.line import AwayError, Line, RefusedError, SettingsError
from kiban_exchange.sync import Run
from kiban_exchange.words import Log

LOCK = "使用中.lock"
KEY_PREFIX = "sync-"


class Exit(IntEnum):
    """Exit codes; of a run every few minutes, those that end it."""

    DONE = 0
    NEEDS_PERSON = 1
    SETTINGS = 2
    AWAY = 3
    REFUSED = 4
    IN_USE = 5
    DISK = 6


def main(arguments: list[str] | None = None) -> int:
    """Run; returns the exit code (``Exit``)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a Japanese Windows console lacks some characters
    options = _parser().parse_args(arguments)
    folder: Path = options.folder
    if not folder.is_dir():
        return _fail(Exit.SETTINGS, "フォルダがありません。場所を確かめてください。")
    try:
        line = Line(options.server, options.certificate, options.ca, _key(options.key_file))
    except SettingsError as error:
        return _fail(Exit.SETTINGS, str(error))
    try:
        with disk.locked(folder / LOCK):
            return _runs(folder, line, options.every)
    except disk.InUseError:
        return _fail(Exit.IN_USE, "このフォルダでは、すでに kiban-exchange が動いています。")
    except OSError as error:
        return _fail(Exit.DISK, f"フォルダに読み書きできません({disk.what_is_wrong(error)})。")
    finally:
        line.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiban-exchange", description="ケアプランデータ連携のファイルを、介護ソフトのフォルダと送り受けします。"
    )
    parser.add_argument("--version", action="version", version=f"kiban-exchange {__version__}")
    commands = parser.add_subparsers(required=True, metavar="sync")
    sync = commands.add_parser("sync", help="フォルダの送信・受信をする")
    sync.add_argument("folder", type=Path, metavar="FOLDER", help="送信・受信のフォルダがある(できる)場所")
    sync.add_argument("--server", required=True, metavar="URL", help="例 https://kaigo.example.jp")
    sync.add_argument("--certificate", required=True, type=Path, metavar="PEM", help="端末の証明書と鍵")
    sync.add_argument(
        "--ca",
        type=Path,
        metavar="PEM",
        help="サーバーを確かめるための証明書(省くと、--certificate のファイルの中のものと、パソコンのもの)",
    )
    sync.add_argument("--key-file", required=True, type=Path, metavar="FILE", help="連携の鍵を1行で書いたファイル")
    how = sync.add_mutually_exclusive_group()
    how.add_argument("--every", type=_minutes, metavar="MINUTES", help="何分ごとにくり返すか")
    how.add_argument("--once", action="store_true", help="1回だけ(省略したときと同じ)")
    return parser


def _minutes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1440:
        raise argparse.ArgumentTypeError("1から1440までの分で指定してください")
    return int(text)


def _key(path: Path) -> str:
    try:
        key = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError):
        raise SettingsError("--key-file のファイルを読めません。") from None
    if not key.startswith(KEY_PREFIX) or not key.isascii() or len(key.split()) != 1:
        raise SettingsError(f"--key-file の中身が、連携の鍵({KEY_PREFIX}で始まる1行)ではありません。")
    return key


def _runs(folder: Path, line: Line, every: int | None) -> int:
    log = Log(folder)
    try:
        while True:
            code = run(folder, line, log)
            if every is None:
                return code
            line.close()
            time.sleep(every * 60)
    except KeyboardInterrupt:
        log("止めました。")
        return Exit.DONE


def run(folder: Path, line: Line, log: Log) -> Exit:
    """One run on a folder that is locked."""
    try:
        state, put_aside = journal.load(folder)
        if put_aside:
            log("状態.json が読めないので、はじめから確かめ直します(送ったものが2度届くことはありません)。")
        one = Run(folder, line, state, log)
        one.all()
    except OSError as error:
        log(f"フォルダに読み書きできません({disk.what_is_wrong(error)})。")
        return Exit.DISK
    except AwayError as error:
        log(str(error))
        return Exit.AWAY
    except RefusedError as error:
        log(f"使えません: {error}")
        return Exit.REFUSED
    if one.disk_failed:
        return Exit.DISK
    return Exit.NEEDS_PERSON if one.needs_person else Exit.DONE


def _fail(code: Exit, message: str) -> Exit:
    print(message, file=sys.stderr)
    return code
