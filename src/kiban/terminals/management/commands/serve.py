from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connections

from kiban.ops import (
    database,
    database_health,
    dependent,
    embedded,
    machine,
    names,
    ports,
    server,
    setup_steps,
)
from kiban.ops.our_command import OurCommand
from kiban.ops.room import State, rooms
from kiban.terminals import authority


class Command(OurCommand):
    help = "介護情報基盤を動かします(TLS 1.3・端末の証明書)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="待ち受けるアドレス(既定 127.0.0.1)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="ポート(既定 %(default)s)")
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument("--without-daily", action="store_true", help="毎日の仕事は別に動かす(kiban-daily.timer)")
        parser.add_argument("--unix-socket", type=Path, help="nginxの後ろで使うUnixソケット(TLSはnginxが受け持つ)")
        parser.add_argument("--with-the-input", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["with_the_input"]:
            dependent.end_when_left()
        host, port, unix_socket = options["host"], options["port"], options["unix_socket"]
        address = machine.addresses()
        if address.remedy and not names.is_of_this_machine(host):
            self.stderr.write(f"注意: {address.what}。{address.remedy}")
        where = unix_socket or f"https://{'localhost' if host == '127.0.0.1' else host}:{port}/"
        run(
            host=host,
            port=port,
            workers=options["workers"],
            threads=options["threads"],
            unix_socket=unix_socket,
            with_daily=not options["without_daily"],
            on_ready=lambda: self._say(f"動いています: {where}(止めるには Ctrl+C)"),
        )

    def _say(self, line: str) -> None:
        """At once, also where who reads it is no console."""
        self.stdout.write(line)
        self.stdout.flush()


def run(
    *,
    host: str,
    port: int,
    workers: int = 2,
    threads: int = 8,
    unix_socket: Path | None = None,
    with_daily: bool = True,
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Serve until stopped; beside it the work of every day, unless a timer does that.

    Raises:
        CommandError: nothing can listen there, or the database is not ready; the message says what to do.
    """
    try:
        if unix_socket is not None:
            ports.check_socket(unix_socket)
        else:
            ports.check(host, port)
    except ports.PortTakenError as error:
        raise CommandError(str(error)) from None
    finding = database_health.reach() or database_health.migrations()
    if finding.state is State.BAD:
        raise CommandError(f"{finding.what}。{finding.remedy}")
    setup_steps.prepare()
    # The workers are forked from this process; a connection shared between them would mix up their answers.
    connections.close_all()
    chain, key = authority.server_paths()
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    chosen = server.options(
        bind=address if unix_socket is None else f"unix:{unix_socket}",
        workers=workers,
        threads=threads,
        tls=(chain, key, authority.client_root_path()) if unix_socket is None else None,
        on_ready=on_ready,
    )
    with contextlib.ExitStack() as beside:
        if database.is_embedded():
            beside.enter_context(embedded.watched(lambda words: print(words, file=sys.stderr, flush=True)))
        for command in commands_beside(with_daily=with_daily):
            beside.enter_context(dependent.beside(command))
        server.Server(chosen).run()


def commands_beside(*, with_daily: bool) -> list[Sequence[str]]:
    """What runs in a process of its own as long as the server does."""
    found = [command for room in rooms() for command in room.beside]
    return [["daily", "--stay"], *found] if with_daily else found
