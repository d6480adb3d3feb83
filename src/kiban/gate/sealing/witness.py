"""This installation as a witness for others: it vouches that their logs only ever grew (C2SP tlog-witness)."""

from __future__ import annotations

import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from kiban.gate.sealing import keys
from kiban.ops import disk
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import COSIGNATURE, Key
from kiban.tlog.signing import Signer
from kiban.tlog.witnessing import Answer, Seen, answer

KEY = "witness.pem"
NAME = "witness.name"
LOGS = "witnessed-logs"  # vkeys of the logs it vouches for, a line each
LONGEST = 64 * 1024  # bytes of a request


def signer(name: str = "") -> Signer | None:
    """Who vouches here; with a name the key is made where there is none. ``None``: nobody does."""
    path = keys.folder() / KEY
    if not path.exists():
        if not name:
            return None
        disk.write_new(path, keys.pem(Ed25519PrivateKey.generate()), 0o600)
        disk.write_new(path.with_name(NAME), name.encode(), 0o644)
    private = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(private, Ed25519PrivateKey)  # noqa: S101 - it was written above
    return Signer(path.with_name(NAME).read_text(encoding="utf-8"), private, COSIGNATURE)


def accepted() -> dict[str, list[Key]]:
    """The logs it vouches for, with their keys."""
    found: dict[str, list[Key]] = {}
    path = keys.folder() / LOGS
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        key = Key.read(line)
        found.setdefault(key.name, []).append(key)
    return found


def accept(key: Key) -> None:
    """Vouch for a log from now on."""
    path = keys.folder() / LOGS
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{kept}{key}\n", encoding="utf-8")


def asked(body: bytes) -> Answer:
    """Answer ``add-checkpoint`` (as the web process): what is vouched for is remembered first."""
    witness = signer()
    if witness is None:
        return Answer(404)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return Answer(400)
    try:
        logs = accepted()
    except ProofError:
        return Answer(404)
    found: dict[str, Seen] = {}

    def seen(origin: str) -> Seen:
        found[origin] = _seen(origin)
        return found[origin]

    said = answer(text, logs, seen, witness, int(time.time()))
    if said.remember is None:
        return said
    ((origin, before),) = found.items()
    if _remember(origin, before.size, said.remember):
        return said
    return Answer(409, f"{_seen(origin).size}\n")


def _seen(origin: str) -> Seen:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, root FROM gate.witnessed_head(%s)", [origin])
        size, root = cursor.fetchone() or (None, b"")
    return Seen() if size is None else Seen(size, bytes(root))


def _remember(origin: str, old: int, head: Seen) -> bool:
    if old == head.size and old:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT gate.witness(%s, %s, %s, %s)", [origin, old, head.size, head.root])
        (kept,) = cursor.fetchone() or (False,)
    return bool(kept)
