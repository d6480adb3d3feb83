from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kiban.ops import server, setup_steps
from kiban.terminals import authority


class Command(BaseCommand):
    help = "介護情報基盤を動かします(TLS 1.3・端末の証明書)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="待ち受けるアドレス(既定 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8443, help="ポート(既定 8443)")
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument("--unix-socket", type=Path, help="nginxの後ろで使うUnixソケット(TLSはnginxが受け持つ)")

    def handle(self, *args: Any, **options: Any) -> None:
        run(
            host=options["host"],
            port=options["port"],
            workers=options["workers"],
            threads=options["threads"],
            unix_socket=options["unix_socket"],
        )


def run(
    *,
    host: str,
    port: int,
    workers: int = 2,
    threads: int = 8,
    unix_socket: Path | None = None,
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Serve until stopped. Raises CommandError with what to do when the port is taken."""
    setup_steps.prepare()
    if unix_socket is not None:
        chosen = server.options(bind=f"unix:{unix_socket}", workers=workers, threads=threads, tls=None)
    else:
        try:
            server.check_port(host, port)
        except server.PortTakenError as error:
            raise CommandError(str(error)) from None
        chain, key = authority.server_paths()
        chosen = server.options(
            bind=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            workers=workers,
            threads=threads,
            tls=(chain, key, authority.client_root_path()),
            on_ready=on_ready,
        )
    server.Server(chosen).run()
