"""The folder of the database files: made whole or not at all, open to one account, its socket to nobody else."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import secrets
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiban.ops import disk
from kiban.ops.embedded import account
from kiban.ops.embedded.errors import EmbeddedUnavailableError
from kiban.ops.embedded.wheel import programs, version

SUPERUSER = "postgres"
IDENT_MAP = "kiban"
PORT = 5432  # only in the socket's name
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET = 103  # bytes a Unix socket's path may have (macOS; Linux 107)
SHORT_FOLDERS = Path("/tmp")  # noqa: S108 - not TMPDIR: every process must come to the same folder
UNFINISHED = "pg.new-"


def path_in(data: Path) -> Path:
    """The folder of the database files in a data folder."""
    return data / "pg"


def make(data: Path, owner: pwd.struct_passwd | None, settings: Mapping[str, str]) -> None:
    """Make the database files if there are none: beside their place, and moved there when they are complete.

    Raises:
        EmbeddedUnavailableError: they cannot be made, or what lies there is of another version or no database.
    """
    pgdata = path_in(data)
    for left in data.glob(f"{UNFINISHED}*"):  # by a set-up that was killed
        account.remove(left)
    if (pgdata / "PG_VERSION").exists():
        _check_version(pgdata)
        return
    if pgdata.is_dir() and any(pgdata.iterdir()):
        raise EmbeddedUnavailableError(
            f"{pgdata} にデータベースの版を示すファイル PG_VERSION がありません。"
            "バックアップから戻すか、いらないものなら、フォルダを別の場所に移してから kiban setup を実行してください。"
        )
    new = data / f"{UNFINISHED}{secrets.token_hex(4)}"
    new.mkdir(mode=0o700)
    try:
        account.give(new, owner)
        _initdb(new, owner, settings)
        let_in_only_ourselves(new, owner)
        new.replace(pgdata)
        disk.settle(data)
    finally:
        account.remove(new)


def let_in_only_ourselves(pgdata: Path, owner: pwd.struct_passwd | None) -> bool:
    """Write who may connect, where it is not written so already. Before the server starts: it reads it then.

    Returns whether something had to be written.
    """
    wrong = differing(pgdata, owner)
    for path in wrong:
        name, text = path.name, access(owner)[path.name]
        new = pgdata / f"{name}.new"
        new.unlink(missing_ok=True)
        disk.write_new(new, text.encode())
        account.give(new, owner)
        new.replace(path)
        disk.settle(pgdata)
    return bool(wrong)


def access(owner: pwd.struct_passwd | None) -> dict[str, str]:
    """The two files that say who may connect: the account we run as (and PostgreSQL's own), which the kernel names."""
    names = {account.ourselves()} | ({owner.pw_name} if owner else set())
    return {
        "pg_hba.conf": f"local all all peer map={IDENT_MAP}\n",
        "pg_ident.conf": "".join(f"{IDENT_MAP} {_word(name)} all\n" for name in sorted(names)),
    }


def _word(name: str) -> str:
    """As the file takes it: in quotes when it is not plain."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


def differing(pgdata: Path, owner: pwd.struct_passwd | None) -> list[Path]:
    """Which of the two files are not as they should be."""
    return [pgdata / name for name, text in access(owner).items() if _text(pgdata / name) != text]


def socket_folder(pgdata: Path, owner: pwd.struct_passwd | None) -> Path:
    """Where the socket lies: with the files, or in a folder of its own when that path is too long for a socket.

    Also when there is a comma in it: clients take that for a list.

    Raises:
        EmbeddedUnavailableError: somebody else made a folder of that name.
    """
    if len(os.fsencode(pgdata / SOCKET)) <= LONGEST_SOCKET and "," not in str(pgdata):
        return pgdata
    short = SHORT_FOLDERS / f"kiban-{hashlib.sha256(os.fsencode(pgdata)).hexdigest()[:16]}"
    try:
        short.mkdir(mode=0o700)
        account.give(short, owner)
    except FileExistsError:
        pass
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != (owner.pw_uid if owner else os.geteuid()):
        raise EmbeddedUnavailableError(
            f"ソケットのための {short} が、ほかのアカウントのものです。それを取り除くか、"
            f"KIBAN_DATA を短い名前の場所にしてください(いまは {len(os.fsencode(pgdata))}バイト)。"
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        short.chmod(0o700)
    return short


def clear_socket(folder: Path) -> None:
    """Take a dead server's socket away; PostgreSQL would ask the number beside it, which may be another program's."""
    for name in (SOCKET, f"{SOCKET}.lock"):
        (folder / name).unlink(missing_ok=True)


def _initdb(new: Path, owner: pwd.struct_passwd | None, settings: Mapping[str, str]) -> None:
    """Text in order of its characters and Unicode's case, whatever the machine's language and its libraries."""
    arguments = ["-D", str(new), "-U", SUPERUSER, "--encoding=UTF8", "--auth-local=peer", "--auth-host=reject"]
    arguments += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    arguments += ["--no-sync"] * (settings.get("fsync") == "off")
    try:
        run("initdb", *arguments, owner=owner)
    except subprocess.CalledProcessError as error:
        raise EmbeddedUnavailableError(_why_not_made(new.parent, error.stderr)) from error


def _why_not_made(data: Path, said: str) -> str:
    if "No space left" in said or "Disk quota" in said:
        return f"ディスクがいっぱいのため、{data} にデータベースを作れません。空きを作って、もう一度実行してください。"
    last = said.strip().splitlines()[-1:] or ["理由不明"]
    return f"{data} にデータベースを作れません。フォルダの持ち主を確かめてください。(initdbの答え: {last[0]})"


def run(program: str, *arguments: str, owner: pwd.struct_passwd | None) -> None:
    """Run one of PostgreSQL's programs to its end.

    Raises:
        CalledProcessError: it failed; ``stderr`` has what it said.
    """
    subprocess.run(
        [str(programs() / program), *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env=environment(),
        **as_account(owner),
    )


def as_account(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """What ``subprocess`` needs to run something as the server's account."""
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def environment() -> dict[str, str]:
    """Ours, without what an operator may have set for another PostgreSQL, and with answers in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def _check_version(pgdata: Path) -> None:
    found, ours = _text(pgdata / "PG_VERSION").strip(), version()[0]
    if found != str(ours):
        raise EmbeddedUnavailableError(
            f"{pgdata} のデータベースは PostgreSQL {found or '?'} のものですが、組み込みは {ours} です。"
            "元の版の介護情報基盤に戻すか、バックアップを、新しい場所に用意したものに戻してください。"
        )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
