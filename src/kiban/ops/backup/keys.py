"""For whom a backup is encrypted: a pair of keys (X25519). The machine that makes backups needs the public one only.

Every backup has a key of its own, agreed between a pair that is made for it and thrown away, and the public key; so who
takes the machine cannot open the backups it has made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiban.ops import disk, reasons
from kiban.ops.backup.errors import BackupError, DamagedError

KIND = "x25519-aes256gcm"
PUBLIC = ".pub"


def make(path: Path) -> Path:
    """Make a pair: the secret key at the path (mode 0600), the public one beside it; returns the public one's path.

    Raises:
        BackupError: one of the files is there already, or cannot be written; none is left of the pair then.
    """
    public = path.with_name(path.name + PUBLIC)
    for one in (path, public):
        if one.exists():
            raise BackupError(f"{one} がすでにあります。上書きはしません。別の名前にしてください。")
    key = X25519PrivateKey.generate()
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        disk.write_new(path, secret)
        try:
            disk.write_new(public, shown, 0o644)
        except BaseException:
            path.unlink()  # half a pair is of no use
            raise
    except OSError as error:
        raise BackupError(f"{path} に書けません({reasons.of(error)})。場所を確かめてください。") from error
    return public


def public_key(path: Path) -> X25519PublicKey:
    """The key to encrypt for.

    Raises:
        BackupError: the file is none, or is the secret one, which does not belong on this machine.
    """
    text = _text(path)
    if b"PRIVATE KEY" in text:
        raise BackupError(
            f"{path} は、戻すときに使う秘密の鍵です。バックアップには公開鍵({PUBLIC} の付くファイル)を指定し、"
            "秘密の鍵はこの機械の外に保管してください。"
        )
    try:
        key = serialization.load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, X25519PublicKey):
        raise BackupError(
            f"{path} は、kiban backup --make-key が作った公開鍵ではありません。ファイルを確かめてください。"
        )
    return key


def secret_key(path: Path) -> X25519PrivateKey:
    """The key to decrypt with.

    Raises:
        BackupError: the file is none.
    """
    text = _text(path)
    if b"PUBLIC KEY" in text:
        raise BackupError(f"{path} は公開鍵です。戻すには、対になる秘密の鍵({PUBLIC} の付かないファイル)が要ります。")
    try:
        key = serialization.load_pem_private_key(text, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, X25519PrivateKey):
        raise BackupError(f"{path} は、kiban backup --make-key が作った鍵ではありません。ファイルを確かめてください。")
    return key


def said(once: X25519PrivateKey, to: X25519PublicKey) -> dict[str, str]:
    """What the head of the file says about its encryption."""
    return {"kind": KIND, "once": once.public_key().public_bytes_raw().hex(), "key": name_of(to)}


def name_of(key: X25519PublicKey) -> str:
    """A short name of a pair of keys, by which it is told from another."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def agreed(mine: X25519PrivateKey, theirs: X25519PublicKey, head: bytes) -> bytes:
    """The key of the file whose head this is; another head makes another key."""
    derived = HKDF(hashes.SHA256(), 32, salt=hashlib.sha256(head).digest(), info=KIND.encode())
    return derived.derive(mine.exchange(theirs))


def opened(said: Mapping[str, str], key: X25519PrivateKey | None, head: bytes) -> bytes:
    """The key of the file, for who has the secret one.

    Raises:
        BackupError: it is missing, or the file is for another one.
        DamagedError: the head does not say what it must.
    """
    if said["kind"] != KIND:
        raise DamagedError("知らない暗号です")
    if key is None:
        raise BackupError(f"暗号化されたバックアップです。鍵 {said.get('key')} を --key で指定してください。")
    if name_of(key.public_key()) != said.get("key"):
        raise BackupError(
            f"このバックアップは、別の鍵で暗号化されています(要る鍵 {said.get('key')}、"
            f"指定された鍵 {name_of(key.public_key())})。何も変えていません。"
        )
    try:
        return agreed(key, X25519PublicKey.from_public_bytes(bytes.fromhex(said["once"])), head)
    except (ValueError, KeyError, TypeError):
        raise DamagedError("最初の部分が変わっています") from None


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = reasons.of(error)
        raise BackupError(f"鍵のファイル {path} を読めません({why})。場所を確かめてください。") from error
