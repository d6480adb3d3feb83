"""Make a backup: hold the database still, write everything, read it again from the disk, give it its name."""

from __future__ import annotations

import hashlib
import os
import secrets as random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from psycopg import sql

from kiban.ops import database, provision, secrets
from kiban.ops.backup import contents, last, marker, place, programs, reading, snapshot
from kiban.ops.backup.container import Writer
from kiban.ops.backup.contents import DATABASE, FILES, MANIFEST, Manifest
from kiban.ops.backup.errors import BackupError
from kiban.ops.paths import data_folder

PIECE = 1 << 20  # bytes
LOOK_AT_SPACE = 1 << 26  # bytes written between two looks
TRIES = "kiban_check_"  # names of databases a backup is tried in


@dataclass(frozen=True)
class Made:
    """A backup that was written and read again."""

    path: Path
    bytes: int
    sha256: str
    manifest: Manifest
    gone: list[Path]  # older ones that were taken away


def make(folder: Path, key: X25519PublicKey | None, *, check: bool = False, keep: int | None = None) -> Made:
    """Write a backup into the folder.

    Args:
        key: for whom it is encrypted; ``None``: anybody who has the file can read it.
        check: restore it into a database of its own, compare, and take that away again.
        keep: so many backups of this installation stay in the folder, the newest.

    Raises:
        BackupError: it could not be made; nothing is left of it.
    """
    folder = place.checked(folder)
    with place.unfinished(folder) as made, snapshot.held() as held:
        place.check_space(folder, last.expected(held.manifest.tables))
        bins = programs.folder(held.manifest.server)
        facts = {"moment": held.manifest.moment, "product": version("kaigo-kiban"), "installation": installation()}
        writer = Writer(made.file, facts, key)
        manifest = _write(writer, held, bins, folder)
        made.file.flush()
        os.fsync(made.file.fileno())
        _forget(made.file.fileno())
        again = reading.Source(made.path, seal=writer.seal)
        if reading.looked_through(again, bins) != manifest:
            raise BackupError("書いたものを読み直したところ、違っていました。ディスクを確かめてください。")
        if check:
            tried(again, bins, manifest)
        final = place.final(folder, manifest.moment)
        size, digest = made.path.stat().st_size, _sha256(made.path)
        made.become(final)
    last.note(manifest.moment, final, size)
    gone = place.keep(folder, installation(), keep, final) if keep else []
    return Made(final, size, digest, manifest, gone)


def installation() -> str:
    """Which installation a backup is of: says nothing of its secrets."""
    return hashlib.sha256(f"kiban-backup {secrets.load()['opaque_key']}".encode()).hexdigest()[:16]


def _write(writer: Writer, held: snapshot.Snapshot, bins: Path, folder: Path) -> Manifest:
    parts = {}
    for path in own_files():
        name = f"{FILES}{path.relative_to(data_folder()).as_posix()}"
        parts[name] = contents.put(writer, name, path.stat().st_mode & 0o777, iter([path.read_bytes()]))
    with programs.dumping(bins, held.name) as pieces:
        parts[DATABASE] = contents.put(writer, DATABASE, 0o600, _while_there_is_space(pieces, folder))
    manifest = replace(held.manifest, parts=parts)
    contents.put(writer, MANIFEST, 0o600, iter([manifest.text()]))
    writer.end()
    return manifest


def own_files() -> Iterator[Path]:
    """Every file of the data folder but the database's and what lives with running processes.

    Raises:
        BackupError: part of it lies elsewhere, behind a link: a backup without it would be none.
    """
    data = data_folder()
    for path in sorted(data.rglob("*")):
        top = path.relative_to(data).parts[0]
        if top == "pg" or top.startswith((".pg.", "pg.new-")) or top in (marker.NAME, last.NAME):
            continue
        if path.is_symlink() and (path.is_dir() or path.is_file()):
            raise BackupError(
                f"{path} は、別の場所を指すリンクです。バックアップにはリンクの先が入らないため、取れません。"
                "リンクの代わりに、ファイルそのものを置いてください。"
            )
        if path.is_file() and path.suffix not in (".new", ".lock"):
            yield path


def _while_there_is_space(pieces: Iterator[bytes], folder: Path) -> Iterator[bytes]:
    """Stop before the disk of a running database is full."""
    reserve, since = place.reserve(folder), 0
    for piece in pieces:
        since += len(piece)
        if reserve and since > LOOK_AT_SPACE:
            since = 0
            if shutil.disk_usage(folder).free < reserve // 2:
                raise BackupError(
                    f"{folder} の空きがなくなりそうなので、途中でやめました(データベースと同じディスクです)。"
                    "空きを作るか、別のディスクを指定してください。"
                )
        yield piece


def _forget(descriptor: int) -> None:
    """Let the system forget what it holds of the file, so that it is read from the disk again."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tried(source: reading.Source, bins: Path, manifest: Manifest) -> None:
    """Restore the dump into a database of its own on the same server, and compare the numbers of rows.

    Raises:
        BackupError: it cannot be restored, or something is missing in it.
    """
    _clear_tries()
    name = f"{TRIES}{random.token_hex(4)}"
    try:
        provision.create_database(name)
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError(
            "試しに戻すデータベースを作る権限がありません。--check には、kiban setup に使うアカウントを"
            "DATABASE_URL に指定してください。"
        ) from error
    try:
        with database.connect(database.Role.OWNER, name):  # it is in use: nobody else clears it away
            reading.bring_in(source, bins, name)
            reading.compare(name, manifest)
    finally:
        _drop(name)


def _clear_tries() -> None:
    """What killed tries left."""
    with database.connect(None, provision.maintenance_database()) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_catalog.pg_database WHERE datname ~ %s AND datdba = 'kiban_owner'::regrole",
            [f"^{TRIES}[0-9a-f]{{8}}$"],
        ).fetchall()
        for (name,) in found:
            try:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            except psycopg.errors.ObjectInUse:
                continue


def _drop(name: str) -> None:
    with database.connect(None, provision.maintenance_database()) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
