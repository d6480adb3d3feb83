"""The real server over real TLS, for tests: ``kiban serve`` as a process of its own on a free port."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.conf import settings

from kiban.ops import dependent
from tests.cluster import until
from tests.world import Actor, World


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Serving:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    def listens(self) -> bool:
        assert self.process.poll() is None, "the server ended by itself"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def serving(*arguments: str, log: IO[bytes] | None = None) -> Iterator[Serving]:
    """Start ``kiban serve`` on the database of this test process; stop it at the end. ``log`` takes what it says."""
    port = free_port()
    command = ["serve", "--without-daily", "--port", str(port), "--workers", "1", *arguments]
    # It ends with this process, also where pytest leaves out the end of the fixture (a run that was interrupted).
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    process = dependent.begin(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    server = Serving(port, process)
    try:
        until(server.listens, 30)
        yield server
    finally:
        dependent.end(process, 60)


@dataclass
class Card:
    """A real certificate for an actor: the file a browser imports, and the password that opens it."""

    pkcs12: bytes
    password: str
    folder: Path

    def pem(self) -> tuple[Path, Path]:
        """Certificate and key as files, for programs that take no PKCS#12."""
        opened = pkcs12.load_pkcs12(self.pkcs12, self.password.encode())
        assert opened.cert is not None
        assert opened.key is not None
        chain, key = self.folder / "terminal.pem", self.folder / "terminal-key.pem"
        chain.write_bytes(opened.cert.certificate.public_bytes(serialization.Encoding.PEM))
        key.write_bytes(
            opened.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return chain, key


def real_certificate(world: World, actor: Actor, folder: Path) -> Card:
    """Give an actor of a test's world a certificate of the authority, and bind the session to it."""
    from kiban.terminals import authority

    authority.ensure(["localhost", "127.0.0.1"])
    issued = authority.issue(actor.organisation.number, actor.terminal_id)
    fingerprint = authority.fingerprint(issued.certificate)
    world.run(
        "UPDATE terminals_certificate SET fingerprint = %s, serial = %s WHERE id = %s",
        fingerprint,
        f"{issued.certificate.serial_number:x}",
        actor.certificate_id,
    )
    world.run(
        "UPDATE staff_session SET certificate_fingerprint = %s WHERE account_id = %s", fingerprint, actor.account_id
    )
    world.seal("account_id = %s", actor.account_id)
    actor.fingerprint = fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    return Card(issued.pkcs12, issued.password, folder)


def tls(card: Card | None) -> ssl.SSLContext:
    """A client's TLS context that trusts our server, with or without the terminal's certificate."""
    from kiban.terminals import authority

    context = ssl.create_default_context(cafile=str(authority.server_root_path()))
    if card is not None:
        context.load_cert_chain(*card.pem())
    return context


def cookie(actor: Actor, server: Serving) -> dict[str, Any]:
    """The session cookie for a browser."""
    return {"name": settings.SESSION_COOKIE_NAME, "value": actor.session, "url": server.origin, "secure": True}
