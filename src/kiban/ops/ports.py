"""Whether a port or a socket is free, and who has it if not."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

from kiban.ops import reasons

LISTEN = "0A"  # the state in /proc/net/tcp


class PortTakenError(RuntimeError):
    """Nothing can listen there; the message says in the operator's words why and what to do."""


def check(host: str, port: int) -> None:
    """Raise PortTakenError when nothing can listen on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTakenError(
                    f"ポート{port}は{holder(port) or 'ほかのプログラム'}が使っています。"
                    "--port で別の番号を指定するか、そのプログラムを終了してください。"
                ) from error
            if error.errno == errno.EACCES:
                raise PortTakenError(
                    f"ポート{port}を使う権限がありません。1024以上の番号を指定するか、管理者として起動してください。"
                ) from error
            raise PortTakenError(f"{host}:{port} で待ち受けできません({reasons.of(error)})。") from error


def check_socket(path: Path) -> None:
    """Raise PortTakenError when a program answers on the Unix socket, or its folder is not there.

    A socket left behind by a server that was killed is no hindrance: it is replaced.
    """
    if not path.parent.is_dir():
        raise PortTakenError(f"ソケットのフォルダ {path.parent} がありません。作ってからもう一度実行してください。")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return
    raise PortTakenError(f"ソケット {path} では、すでにサーバが動いています。先にそれを終了してください。")


def holder(port: int) -> str:
    """The program that listens on a TCP port, as 「名前(プロセス番号)」; empty where the system does not tell."""
    inodes = _listening(port)
    for process in Path("/proc").glob("[0-9]*") if inodes else ():
        if any(_target(descriptor) in inodes for descriptor in _descriptors(process)):
            return f"「{(process / 'comm').read_text().strip()}」(プロセス番号{process.name})"
    return ""


def _descriptors(process: Path) -> list[Path]:
    try:
        return list((process / "fd").iterdir())
    except OSError:  # another account's process, or one that has just ended
        return []


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""


def _listening(port: int) -> set[str]:
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and int(fields[1].rsplit(":", 1)[1], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found
