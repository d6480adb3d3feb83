"""The web server: gunicorn with TLS 1.3, where a terminal's certificate is asked for and the application decides.

The certificate is optional in the handshake, so that a terminal without one meets a page that helps and not a
browser error; the application asks for it everywhere but on public pages (``terminals/middleware.py``).
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

# OpenSSL's X509_V_FLAG_NO_CHECK_TIME: an expired certificate is let through the handshake to the page that says so.
# Whether it may be used is the ledger's to say, with the server's clock.
NO_CHECK_TIME = 0x200000


class PortTakenError(RuntimeError):
    """Another program listens on the port."""


def tls_context(chain: Path, key: Path, client_root: Path) -> ssl.SSLContext:
    """TLS 1.3 only; client certificates of our own authority, asked for but not required."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(chain, key)
    context.load_verify_locations(client_root)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= NO_CHECK_TIME
    return context


class Server(BaseApplication):
    """gunicorn, configured in code: nothing is read from a file or the environment."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        from kiban.wsgi import application

        return application


def options(
    *,
    bind: str,
    workers: int,
    threads: int,
    tls: tuple[Path, Path, Path] | None,
    on_ready: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """gunicorn's settings: ``tls`` is (chain, key, root of the terminals), ``None`` behind nginx."""
    found: dict[str, Any] = {
        "bind": bind,
        "worker_class": "gthread",
        "workers": workers,
        "threads": threads,
        "keepalive": 75,
        "timeout": 60,
        "graceful_timeout": 10,
        "control_socket_disable": True,
        "umask": 0o117,  # a Unix socket is for this account and its group (nginx)
        "limit_request_line": 2048,
        # No access log here: it would hold addresses of persons' pages. Openings are in the access log that counts.
        "accesslog": None,
        "loglevel": "warning",
        "proc_name": "kiban",
        "preload_app": True,
    }
    if on_ready is not None:
        found["when_ready"] = lambda _server: on_ready()
    if tls is not None:
        chain, key, root = tls
        context = tls_context(chain, key, root)
        # certfile and keyfile make gunicorn speak TLS; the context is made once, not for every connection.
        found |= {
            "certfile": str(chain),
            "keyfile": str(key),
            "ssl_context": lambda _config, _default: context,
            "do_handshake_on_connect": False,
        }
    return found


def check_port(host: str, port: int) -> None:
    """Raise PortTakenError, in the operator's words, when nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTakenError(
                    f"ポート{port}はほかのプログラムが使っています。--port で別の番号を指定するか、そのプログラムを終了してください。"
                ) from error
            if error.errno == errno.EACCES:
                raise PortTakenError(
                    f"ポート{port}を使う権限がありません。1024以上の番号を指定するか、管理者として起動してください。"
                ) from error
            raise PortTakenError(f"{host}:{port} で待ち受けできません({error.strerror})。") from error
