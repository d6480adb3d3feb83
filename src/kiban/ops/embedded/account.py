"""The operating-system accounts: who may connect, and whom PostgreSQL runs as when root starts it (it refuses root)."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import time
from pathlib import Path

from kiban.ops.embedded.errors import EmbeddedUnavailableError

FOR_ROOT = "pgserver"


def ourselves() -> str:
    """The name of the account this process runs as.

    Raises:
        EmbeddedUnavailableError: the system has no name for it; PostgreSQL could not let it in by name.
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise EmbeddedUnavailableError(
            f"このOSアカウント(番号 {os.geteuid()})には名前がないため、組み込みPostgreSQLを使えません。"
            "/etc/passwd に名前のあるアカウントで動かすか、DATABASE_URLで外のPostgreSQLを指定してください。"
        ) from None


def of_server() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs as, made if there is none; ``None`` when it is the one we run as.

    Raises:
        EmbeddedUnavailableError: root could not make the account.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(FOR_ROOT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", FOR_ROOT]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(FOR_ROOT)
    except (OSError, subprocess.SubprocessError, KeyError) as error:
        if FOR_ROOT in {entry.pw_name for entry in pwd.getpwall()}:  # made by another process at the same time
            return pwd.getpwnam(FOR_ROOT)
        raise EmbeddedUnavailableError(
            f"rootで実行したため、組み込みPostgreSQLのOSアカウント {FOR_ROOT} を作ろうとしましたが、できませんでした。"
            "root以外のアカウントで動かしてください。"
        ) from error


def give(path: Path, owner: pwd.struct_passwd | None) -> None:
    """Make a file or folder the server's."""
    if owner is not None:
        os.chown(path, owner.pw_uid, owner.pw_gid)


def take_over(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """See to it that the files are the server's: a copy made by root is given to it, with all in it; close the folder.

    Raises:
        EmbeddedUnavailableError: they are another account's, who would not come to them any more.
    """
    found, wanted = folder.stat().st_uid, owner.pw_uid if owner else os.geteuid()
    if owner is not None and found == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    elif found != wanted:
        name = _name_of(found)
        raise EmbeddedUnavailableError(
            f"{folder} はアカウント {name} のものです。そのアカウントで実行してください(sudo -u {name} kiban …)。"
            f"別の所から写したものなら、chown -R {ourselves()} {folder} を実行してください。"
        )
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        folder.chmod(0o700)


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def let_pass(path: Path) -> None:
    """Let other accounts go through the folders above (not read them), where they cannot: root's PostgreSQL must."""
    for parent in path.parents:
        mode = stat.S_IMODE(parent.stat().st_mode)
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def let_read(programs: Path) -> None:
    """Let other accounts read and run the programs, where whoever installed them closed them (umask 077)."""
    let_pass(programs / "postgres")
    if (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in [programs.parent, *programs.parent.rglob("*")]:
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))


def remove(folder: Path, seconds: float = 5.0) -> None:
    """Take a folder away with all in it, while others may take away from it too, or, about to end, write into it."""
    end = time.monotonic() + seconds
    while folder.exists() and time.monotonic() < end:
        shutil.rmtree(folder, ignore_errors=True)
