"""The web server: gunicorn with TLS 1.3, where a terminal's certificate is asked for and the application decides.

The certificate is optional in the handshake, so that a terminal without one meets a page that helps and not a
browser error; the application asks for it everywhere but on public pages (``terminals/middleware.py``).
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from kiban.ops.connections import LARGEST_BODY, Connection
from kiban.ops.worker import KibanWorker

# OpenSSL's X509_V_FLAG_NO_CHECK_TIME: an expired certificate is let through the handshake to the page that says so.
# Whether it may be used is the ledger's to say, with the server's clock.
NO_CHECK_TIME = 0x200000

STRANGERS_BODY = 64 * 1024  # without a certificate, a form at most
NGINX_SAYS_SO = ("X-KIBAN-CLIENT-VERIFY", "SUCCESS")  # nginx replaces what a client sends under this name
PUBLIC_CHECK = 6 * 1024 * 1024  # files of the exchange, checked for anybody

QUERY = re.compile(r"\?[^\s'\"]+")
SENT = re.compile(r"(Invalid request from ip=\S*:) .*", re.DOTALL)


class Handshake:
    """The TLS context of new connections, made once and made anew when the server's certificate has been renewed."""

    def __init__(self, chain: Path, key: Path, client_root: Path) -> None:
        self.files = (chain, key, client_root)
        self.stamp = self._stamp()
        self.context = tls_context(chain, key, client_root)

    def __call__(self, _config: Any = None, _default: Any = None) -> ssl.SSLContext:
        """gunicorn's ``ssl_context`` hook, asked at every new connection."""
        stamp = self._stamp()
        if stamp != self.stamp:
            try:
                self.context, self.stamp = tls_context(*self.files), stamp
            except (OSError, ssl.SSLError):
                # Caught between the writing of key and certificate: the next connection tries again.
                return self.context
        return self.context

    def _stamp(self) -> tuple[int, ...]:
        try:
            return tuple(file.stat().st_mtime_ns for file in self.files)
        except FileNotFoundError:
            return self.stamp


def tls_context(chain: Path, key: Path, client_root: Path) -> ssl.SSLContext:
    """TLS 1.3 only; client certificates of our own authority, asked for but not required."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(chain, key)
    context.load_verify_locations(client_root)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= NO_CHECK_TIME
    return context


class Log(Logger):
    """gunicorn's log of failures, without what a client sent: query strings and headers may hold names."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(without_what_was_sent)


def without_what_was_sent(record: logging.LogRecord) -> bool:
    """A logging filter that takes query strings and quoted pieces of malformed requests out of a message."""
    record.msg = SENT.sub(r"\1 malformed", QUERY.sub("?…", record.getMessage()))
    record.args = ()
    return True


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

    def largest_body(self, connection: Connection) -> int:
        """Bytes of a request's body that are collected from this caller before the application is asked.

        Who has not shown a certificate has nothing large to send, unless anybody may have files checked here. A longer
        body is left unread: the application refuses such a caller before it looks at it.
        """
        if isinstance(connection.sock, ssl.SSLSocket):
            is_known = bool(connection.sock.getpeercert(binary_form=True))
        else:
            is_known = connection.request is not None and NGINX_SAYS_SO in connection.request.headers
        if is_known:
            return LARGEST_BODY
        return PUBLIC_CHECK if settings.EXCHANGE_CHECK_IS_PUBLIC else STRANGERS_BODY


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
        "worker_class": KibanWorker,
        "workers": workers,
        "threads": threads,
        "worker_connections": 800,  # of one worker; a process may commonly have 1,024 files open
        "keepalive": 75,
        "timeout": 60,
        "graceful_timeout": 10,
        "control_socket_disable": True,
        "umask": 0o117,  # a Unix socket is for this account and its group (nginx)
        "limit_request_line": 2048,
        "sendfile": False,  # the worker collects an answer before it is sent
        # No access log here: it would hold addresses of persons' pages. Openings are in the access log that counts.
        "accesslog": None,
        "loglevel": "warning",
        "logger_class": Log,
        "proc_name": "kiban",
        "preload_app": True,
        # Only nginx at the Unix socket may say how a request came in; by default any local program could.
        "forwarded_allow_ips": "",
    }
    if on_ready is not None:
        found["when_ready"] = lambda _server: on_ready()
    if tls is not None:
        chain, key, _ = tls
        # certfile and keyfile make gunicorn speak TLS; the context comes from the hook.
        found |= {
            "certfile": str(chain),
            "keyfile": str(key),
            "ssl_context": Handshake(*tls),
        }
    return found
