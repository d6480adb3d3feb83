"""Restore a backup into an installation that is empty, or nothing at all.

The whole file is read and checked before anything is written. Then a marker says that a restore is under way: as
long as it is there no other command works. The database is made under a name of its own and gets ours when it is whole.
A restore that fails takes everything away that it made; one that was killed leaves the marker, by which the next one
does that.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets as random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from kiban.ops import database, disk, embedded, provision
from kiban.ops.backup import marker, place, programs, reading
from kiban.ops.backup.contents import FILES, Manifest
from kiban.ops.backup.errors import BackupError
from kiban.ops.backup.marker import Marker
from kiban.ops.database import Role
from kiban.ops.embedded import wheel
from kiban.ops.paths import data_folder

HISTORY = "restored.json"
ASIDE = "_restoring_"
ALWAYS = ("pg", "secrets.json", "ca")  # what an installation has
Say = Callable[[str], None]


@dataclass(frozen=True)
class Looked:
    """A backup that is whole and fits this version: its book, and the parts of the data folder."""

    source: reading.Source
    manifest: Manifest

    @property
    def tops(self) -> list[str]:
        """The names it makes in the data folder."""
        names = (name.removeprefix(FILES) for name in self.manifest.parts if name.startswith(FILES))
        return sorted({name.split("/")[0] for name in names})


def look(source: reading.Source) -> Looked:
    """Read the whole backup and write nothing.

    Raises:
        BackupError: it is not whole, or of a newer version than this one.
    """
    manifest = reading.looked_through(source, _readers())
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    for one in loader.disk_migrations.values():
        known |= {f"{app}.{name}" for app, name in one.replaces}
    if set(manifest.migrations) - known:
        raise BackupError(
            f"このバックアップは、この版より新しい介護情報基盤(版 {manifest.product})のものです。"
            "同じ版か、より新しい版を入れてから戻してください。"
        )
    return Looked(source, manifest)


def _readers() -> Path:
    """Programs that can read a dump: the newest there are, since the server is not asked yet."""
    try:
        return wheel.programs()
    except embedded.EmbeddedUnavailableError:
        return programs.folder(provision.OLDEST_SERVER)


def restore(looked: Looked, say: Say, *, only_files: bool = False) -> None:
    """Restore it into this data folder and, unless only the files are wanted, this server.

    Raises:
        BackupError: something is there already, or it fails; nothing is left of it then.
    """
    with marker.taken(data_folder()) as mark:
        if left := mark.left():
            say("前に途中で止まった kiban restore が作ったものを消します。")
            _take_away(left)
        try:
            _see_that_it_is_empty(looked, only_files=only_files)
        except BaseException:
            mark.remove()
            raise
        token = random.token_hex(8)
        made = {"names": [*looked.tops, HISTORY], "token": token, "database": "" if only_files else _kind()}
        mark.say(made)
        try:
            _put_files(looked)
            if not only_files:
                _put_database(looked, token, mark, say)
            _note(looked.manifest)
        except BaseException:
            say("できなかったので、途中まで作ったものを消しています。")
            _take_away(made)
            mark.remove()
            raise
        mark.remove()
        disk.settle(data_folder())


def _kind() -> str:
    return "embedded" if database.is_embedded() else "server"


def _see_that_it_is_empty(looked: Looked, *, only_files: bool) -> None:
    data, database_bytes = data_folder(), looked.manifest.database
    names = {*looked.tops, HISTORY, *(ALWAYS if not only_files else ())}
    if there := sorted(name for name in names if (data / name).exists()):
        raise BackupError(
            f"データの場所 {data} に、すでに {'、'.join(there)} があるため、戻しません(上書きはしません)。"
            "KIBAN_DATA に空の場所を指定するか、いらないことを確かめてから、別の場所に移してください。"
        )
    if only_files:
        return
    if database.is_embedded():
        _see_that_it_is_new_enough(wheel.version()[0], looked.manifest, "組み込みPostgreSQL")
        place.check_space(data, database_bytes + place.RESERVE)
    else:
        _see_that_server_is_empty(looked.manifest)


def _see_that_server_is_empty(manifest: Manifest) -> None:
    name = database.database_name()
    try:
        with database.connect(None, provision.maintenance_database()) as connection:
            server = connection.info.server_version
            found = connection.execute(
                "SELECT d.datname, r.rolname = 'kiban_owner' FROM pg_catalog.pg_database AS d"
                "  JOIN pg_catalog.pg_roles AS r ON r.oid = d.datdba ORDER BY 1"
            ).fetchall()
    except (provision.UnsuitableServerError, psycopg.OperationalError) as error:
        raise BackupError(
            "DATABASE_URL のデータベースサーバに接続できません。アドレスとアカウントを確かめてください。"
            "何も変えていません。"
        ) from error
    if any(datname == name for datname, _ in found):
        raise BackupError(
            f"データベース {name} がすでにあるため、戻しません(上書きはしません)。DATABASE_URL に別の名前を指定するか、"
            f"いらないことを確かめてから、DROP DATABASE {name} で消してください。"
        )
    if others := [datname for datname, is_ours in found if is_ours]:
        raise BackupError(
            f"このデータベースサーバには、ほかの介護情報基盤のデータベース {'、'.join(others)} があります。"
            "ロールはサーバ全体で共通なので、2つは置けません。空のサーバに戻してください。"
        )
    _see_that_it_is_new_enough(server // 10000, manifest, "サーバ")


def _see_that_it_is_new_enough(major: int, manifest: Manifest, which: str) -> None:
    wanted = manifest.server // 10000
    if major < wanted:
        raise BackupError(
            f"このバックアップは PostgreSQL {wanted} のものですが、{which}は {major} です。"
            f"PostgreSQL {wanted} 以降に戻してください。"
        )


def _put_files(looked: Looked) -> None:
    data = data_folder()

    def write(name: str, mode: int, pieces: Iterator[bytes]) -> None:
        if not name.startswith(FILES):
            return
        path = data / name.removeprefix(FILES)
        for folder in reversed(path.relative_to(data).parents[:-1]):
            (data / folder).mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        disk.settle(path.parent)

    if looked.source.take(write) != looked.manifest:
        raise BackupError("読んでいる間に、バックアップのファイルが変わりました。")
    disk.settle(data)


def _put_database(looked: Looked, token: str, mark: Marker, say: Say) -> None:
    if database.is_embedded():
        embedded.start()
    wanted = database.database_name()
    aside = f"{wanted[:30]}{ASIDE}{token}"
    say("データベースを戻しています。")
    try:
        provision.create_roles()
        provision.create_database(aside)
        with database.connect(Role.OWNER, aside) as connection:
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(aside), sql.Literal(_comment(token)))
            )
            bins = programs.folder(connection.info.server_version)
    except (psycopg.errors.InsufficientPrivilege, provision.UnsuitableServerError) as error:
        raise BackupError(
            "DATABASE_URLのアカウントの権限が足りません。kiban setup に使うアカウントを指定してください。"
        ) from error
    if reading.bring_in(looked.source, bins, aside) != looked.manifest:
        raise BackupError("読んでいる間に、バックアップのファイルが変わりました。")
    reading.compare(aside, looked.manifest)
    with database.connect(Role.OWNER, aside) as connection:
        connection.execute("ANALYZE")
    say("この版に合わせています(kiban setup)。")
    _set_up(aside, mark)
    with database.connect(None, provision.maintenance_database()) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(aside), sql.Identifier(wanted))
        )


def _comment(token: str) -> str:
    """By which a database that has its name already is known as this restore's."""
    return f"kiban restore {token}"


def _set_up(name: str, mark: Marker) -> None:
    """Migrations, functions and grants of this version, by a process that has read the restored secrets."""
    command = [sys.executable, "-m", "kiban.ops.cli", "setup", "--restored"]
    environment = {**os.environ, "KIBAN_DATABASE": name}
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        pass_fds=[mark.descriptor],  # should we be killed, the marker is held as long as it runs
    )
    if done.returncode:
        last_line = (done.stderr.strip().splitlines() or ["理由不明"])[-1]
        raise BackupError(f"戻したデータベースを、この版に合わせられませんでした({last_line})")


def _note(manifest: Manifest) -> None:
    """What was restored, and when: the numbers of transactions begin anew there, and what happened since is missing."""
    path = data_folder() / HISTORY
    known: list[dict[str, Any]] = []
    if path.exists():  # it came with the backup
        known = json.loads(path.read_text())
    known.append(
        {
            "restored": dt.datetime.now(dt.UTC).isoformat(),
            "moment": manifest.moment,
            "transaction": manifest.transaction,
            "last_log": manifest.last_log,
        }
    )
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(known, file, indent=1)
    beside.replace(path)


def _take_away(made: dict[str, Any]) -> None:
    """Everything a restore made, as its marker says; the database by the restore's own token, whatever its name."""
    data = data_folder()
    if made.get("database") == "embedded":
        embedded.remove_database(data)
    elif made.get("database") == "server" and not database.is_embedded():
        _drop(str(made.get("token")))
    for name in made.get("names", []):
        if "/" not in name and name not in ("", ".", ".."):
            path = data / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _drop(token: str) -> None:
    with database.connect(None, provision.maintenance_database()) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_catalog.pg_database"
            " WHERE (pg_catalog.shobj_description(oid, 'pg_database') = %s OR right(datname, %s) = %s)",
            [_comment(token), len(ASIDE + token), ASIDE + token],
        ).fetchall()
        for (name,) in found:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
