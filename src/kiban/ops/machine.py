"""How the machine is: Python, the data folder, disk, port, clock, the programs of the embedded database."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import ssl
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from kiban.ops import database, embedded_health, names, ports, reasons, secrets
from kiban.ops.health import secret_file
from kiban.ops.paths import data_folder
from kiban.ops.room import Finding, State

GIB = 2**30
OLDEST_PYTHON = (3, 11)
YEARS = range(2026, 2100)
HANDSHAKE_SECONDS = 3
CLOCK_SLACK = dt.timedelta(minutes=5)


def health() -> Iterator[Finding]:
    """Everything that can be said without a database."""
    yield python()
    if database.is_embedded():
        yield embedded_health.programs(dt.datetime.now(dt.UTC).date())
    folder = data()
    yield folder
    if folder.state is State.OK:
        yield disk()
        yield secret_file("鍵の束(secrets.json)", secrets.path())
    if not settings.BEHIND_NGINX:
        yield port(settings.PORT)
    yield addresses()
    yield passkeys()
    yield clock(dt.datetime.now(dt.UTC))


def addresses() -> Finding:
    """Under which names the server answers; under any other the page only says the right one."""
    said = f"開けるアドレス: {settings.PUBLIC_URL}(名前は KIBAN_HOSTS: {'、'.join(settings.ALLOWED_HOSTS)})"
    if not names.is_of_this_machine(urlsplit(settings.PUBLIC_URL).hostname or ""):
        return Finding(said)
    return Finding(
        f"{said}。このアドレスは、このパソコンからしか開けません",
        State.CAUTION,
        "ほかの端末から使うときは、サーバの名前を KIBAN_HOSTS に指定し(例 export KIBAN_HOSTS=kiban.example.jp)、"
        "kiban setup を実行し、起動し直してください。招待や手紙のアドレスも、その名前になります。",
    )


def passkeys() -> Finding:
    """Whether there is a name passkeys can belong to, under which the server answers."""
    if settings.PASSKEY_HOST and not validate_host(settings.PASSKEY_HOST, settings.ALLOWED_HOSTS):
        return Finding(
            f"パスキーは使えません(その名前 {settings.PASSKEY_HOST} では、開けないため。認証アプリなどは使えます)",
            State.CAUTION,
            f"KIBAN_HOSTS に {settings.PASSKEY_HOST} を加えるか、KIBAN_PASSKEY_HOST を KIBAN_HOSTS にある名前にして、"
            "kiban setup を実行し、起動し直してください。",
        )
    if settings.PASSKEY_HOST:
        return Finding(f"パスキーの名前: {settings.PASSKEY_HOST}")
    return Finding(
        "パスキーは使えません(アドレスに名前がないため。認証アプリなどは使えます)",
        State.CAUTION,
        "パスキーを使うには、サーバに名前を付け、KIBAN_PASSKEY_HOST にその名前を指定してください。",
    )


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """The version of Python."""
    if version < OLDEST_PYTHON:
        return Finding(
            f"Python {'.'.join(map(str, version))}は古すぎます", State.BAD, "Python 3.11以降で入れ直してください。"
        )
    return Finding(f"Python {'.'.join(map(str, version))}")


def data() -> Finding:
    """The data folder: there, and writable."""
    folder = data_folder()
    if not folder.exists():
        return Finding(
            f"データの場所 {folder} がありません", State.BAD, "KIBAN_DATA を確かめ、kiban setup を実行してください。"
        )
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            return Finding(f"データの場所 {folder} に書けます")
    except OSError as error:
        return Finding(
            f"データの場所 {folder} に書けません({reasons.of(error)})",
            State.BAD,
            "フォルダの持ち主と、ディスクの空きを確かめてください。",
        )


def disk() -> Finding:
    """Free space where the data folder lies (with an own PostgreSQL: keys only; its disk is that server's business)."""
    free = shutil.disk_usage(data_folder()).free
    words = f"ディスクの空き {free / GIB:.1f} GiB"
    if free < GIB:
        remedy = "空きを増やしてください。いっぱいになると、閲覧の記録が書けないため、何も閲覧できなくなります。"
        return Finding(f"{words}: ほとんどありません", State.BAD, remedy)
    if free < 5 * GIB:
        return Finding(f"{words}: 少なくなっています", State.CAUTION, "空きを5GiB以上にしてください。")
    return Finding(words)


def port(number: int) -> Finding:
    """The port the server listens on: free, held by our own server, or by another program."""
    try:
        ports.check("127.0.0.1", number)
    except ports.PortTakenError as error:
        if _is_ours(number):
            return Finding(f"ポート{number}で介護情報基盤が動いています")
        return Finding(
            str(error).split("。")[0], State.BAD, "そのプログラムを終了するか、KIBAN_PORT を変えてください。"
        )
    return Finding(f"ポート{number}は空いています")


def clock(now: dt.datetime) -> Finding:
    """Whether it can be right: the year, and nothing of ours written after now."""
    if now.year not in YEARS:
        return Finding(
            f"時計が{now.year}年になっています", State.BAD, "時計を合わせてください(証明書と記録の時刻が狂います)。"
        )
    newest = max((_written(path) for path in _own_files()), default=0.0)
    if newest > (now + CLOCK_SLACK).timestamp():
        return Finding(
            f"時計が戻っています({now.astimezone():%Y-%m-%d %H:%M}。これより後に書かれたファイルがあります)",
            State.BAD,
            "時計を合わせてください(NTPを有効にしてください)。",
        )
    return Finding(f"時計 {now.astimezone():%Y-%m-%d %H:%M:%S %Z}")


def _own_files() -> list[Path]:
    return [path for pattern in ("*", "ca/*") for path in data_folder().glob(pattern)]


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # gone in the meantime
        return 0.0


def _is_ours(number: int) -> bool:
    """Whether the program on the port shows our server's certificate. Nothing is sent to it."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(data_folder() / "ca" / "server-ca.pem")
        context.check_hostname = False  # the root is ours alone; whichever name, it is our server
        with (
            socket.create_connection(("127.0.0.1", number), HANDSHAKE_SECONDS) as plain,
            context.wrap_socket(plain),
        ):
            return True
    except (OSError, ValueError):
        return False
