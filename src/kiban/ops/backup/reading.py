"""Read a backup: look it through to its end, or bring its database into one that is empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiban.ops import database, reasons
from kiban.ops.backup import contents, programs, snapshot
from kiban.ops.backup.container import Reader, Seal
from kiban.ops.backup.contents import DATABASE, Manifest, Take
from kiban.ops.backup.errors import BackupError
from kiban.ops.database import Role


@dataclass(frozen=True)
class Source:
    """A backup's file, and what opens it: the secret key, or the seal it was just written with."""

    path: Path
    key: X25519PrivateKey | None = None
    seal: Seal | None = None

    def take(self, use: Take) -> Manifest:
        """Read it from the first byte to the last; see ``contents.take``.

        Raises:
            BackupError: it is not there, no backup, damaged, or for another key.
        """
        try:
            file = self.path.open("rb")
        except OSError as error:
            why = reasons.of(error)
            raise BackupError(f"{self.path} を読めません({why})。ファイルを確かめてください。") from error
        with file:
            return contents.take(Reader(file, self.key, self.seal), use)


def looked_through(source: Source, bins: Path) -> Manifest:
    """The book of a backup, when everything in it is whole and PostgreSQL can read the dump to its end.

    Raises:
        BackupError: something is not; nothing was written.
    """

    def look(name: str, _mode: int, pieces: Iterator[bytes]) -> None:
        if name == DATABASE:
            programs.read_through(pieces, bins)

    return source.take(look)


def bring_in(source: Source, bins: Path, name: str) -> Manifest:
    """Read the dump into the empty database of that name.

    Raises:
        BackupError: it fails; the database is not whole then.
    """
    with database.connect(Role.OWNER, name) as connection:
        server = connection.info.server_version

    def bring(part: str, _mode: int, pieces: Iterator[bytes]) -> None:
        if part == DATABASE:
            programs.bring_in(pieces, bins, server, name)

    return source.take(bring)


def compare(name: str, manifest: Manifest) -> None:
    """See to it that a restored database has as many rows as the book says.

    Raises:
        BackupError: it has not; the tables are named.
    """
    with database.connect(Role.OWNER, name) as connection:
        found = snapshot.rows(connection)
    wrong = [table for table, many in manifest.rows.items() if found.get(table) != many]
    if wrong or len(found) != len(manifest.rows):
        raise BackupError(
            f"戻したデータベースの件数が、バックアップの目録と合いません({'、'.join(wrong[:5]) or '表の数'})。"
            "このバックアップは使えません。"
        )
