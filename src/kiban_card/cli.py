"""``kiban-card``: run the client, or look what is there."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from kiban_card import __version__
from kiban_card.client import CardClient
from kiban_card.config import Config, ConfigError, load
from kiban_card.problems import Code, ProblemError
from kiban_card.server import ADDRESS, CardServer


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: all is well (or stopped by hand), 1: something is missing, 2: the settings cannot be used."""
    parser = argparse.ArgumentParser(
        prog="kiban-card", description="マイナンバーカードで本人確認をするための、閲覧端末用のプログラムです。"
    )
    parser.add_argument(
        "command", nargs="?", choices=["run", "check"], default="run", help="run: 動かす(省略可)、check: 確かめる"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="設定ファイル")
    parser.add_argument("--origin", help="カードを使ってよいサイト(例 https://kaigo.example.jp)")
    parser.add_argument("--port", type=int, help="待ち受けるポート(初期値 35900)")
    parser.add_argument("--version", action="version", version=f"kiban-card {__version__}")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config, origin=options.origin, port=options.port)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="kiban-card-") as folder:
        client = CardClient(config, Path(folder))
        return check(client) if options.command == "check" else run(config, client)


def check(client: CardClient) -> int:
    """Say how reader and card are."""
    try:
        told = client.state()
    except ProblemError as problem:
        told = problem.answer()
    if "reader" in told:
        print(f"カードリーダー: {told['reader']}")
    if "tries_left" in told:
        print(f"暗証番号を試せる回数: あと{told['tries_left']}回")
    print(told["message"])
    return 0 if told["code"] in (Code.READY, Code.LAST_TRY) else 1


def run(config: Config, client: CardClient) -> int:
    """Serve until stopped."""
    try:
        server = CardServer(config, client)
    except OSError:
        print(
            f"ポート {config.port} が使われています。kiban-card がすでに動いていないか確かめてください。",
            file=sys.stderr,
        )
        return 1
    with server:
        print(
            f"{config.origin} のために {ADDRESS}:{config.port} で待っています。止めるには Ctrl+C を押します。",
            flush=True,
        )
        # Stopped by a service manager as by hand, so that nothing is left behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("止めました。")
    return 0
