"""The keys heads are signed with: files in ``seal/`` of the data folder, the newest signs.

``0001.pem`` is private (PKCS#8, mode 0600); ``0001.pub`` is what others verify with and stays when a key is lost.
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiban.ops import disk
from kiban.ops.paths import data_folder
from kiban.tlog.notes import LOG, Key
from kiban.tlog.signing import Signer


class KeyLostError(Exception):
    """The newest key's private half is not there, or cannot be read: nothing can be signed."""

    def __init__(self) -> None:
        super().__init__(
            "閲覧記録の封印の鍵がありません。バックアップか、しまってある鍵(kiban log key put-back)から戻してください。"
            "どこにもないときは、kiban log key new で新しい鍵を作ります(前の鍵との続きは証明できなくなります)。"
        )


def folder() -> Path:
    """Where the keys lie."""
    return data_folder() / "seal"


def ensure() -> bool:
    """Make the first key where none was ever made; whether it was made."""
    if numbers():
        return False
    make()
    return True


def make() -> Path:
    """Make the next key; from the next head on it signs. The public half is written last: it says the key is whole."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate()
    path = folder() / f"{max(numbers(), default=0) + 1:04d}.pem"
    disk.write_new(path, pem(private), 0o600)
    disk.write_new(path.with_suffix(".pub"), base64.b64encode(private.public_key().public_bytes_raw()) + b"\n", 0o644)
    return path


def numbers() -> list[int]:
    """The numbers of all keys there ever were, the newest last."""
    return sorted(int(path.stem) for path in folder().glob("[0-9]*.pub"))


def publics() -> list[bytes]:
    """What was and is signed with, the newest last (32 bytes each)."""
    return [base64.b64decode((folder() / f"{number:04d}.pub").read_bytes()) for number in numbers()]


def vkeys(origin: str) -> list[Key]:
    """The same as verifier keys of a log."""
    return [Key(origin, LOG, public) for public in publics()]


def signers(origin: str) -> list[Signer]:
    """Who signs, the newest first; then the one before, if its private half is there.

    Raises:
        KeyLostError: the newest is not there.
    """
    found = []
    for number in reversed(numbers()[-2:]):
        private = _private(folder() / f"{number:04d}.pem")
        if private is not None:
            found.append(Signer(origin, private))
        elif not found:
            raise KeyLostError
    if not found:
        raise KeyLostError
    return found


def put_away(password: str) -> bytes:
    """The newest private key as a PEM file that needs the password (scrypt), to be kept elsewhere.

    Raises:
        KeyLostError: it is not there.
    """
    private = _private(folder() / f"{max(numbers(), default=0):04d}.pem")
    if private is None:
        raise KeyLostError
    return pem(private, serialization.BestAvailableEncryption(password.encode()))


def put_back(held: bytes, password: str) -> Path:
    """Take such a file back as the key it is; the file it lies in now.

    Raises:
        ValueError: another password, no such file, or a key this installation never signed with.
    """
    private = serialization.load_pem_private_key(held, password.encode())
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("no Ed25519 key")
    public = private.public_key().public_bytes_raw()
    if public not in publics():
        raise ValueError("not a key of this installation")
    path = folder() / f"{numbers()[publics().index(public)]:04d}.pem"
    if _private(path) is None:
        path.unlink(missing_ok=True)
        disk.write_new(path, pem(private), 0o600)
    return path


def _private(path: Path) -> Ed25519PrivateKey | None:
    try:
        found = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, Ed25519PrivateKey) else None


def pem(
    private: Ed25519PrivateKey,
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption(),  # noqa: B008 - has no state
) -> bytes:
    """A private key as a PEM file (PKCS#8)."""
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
