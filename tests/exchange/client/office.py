"""A PC of an office with the client on it: its folder, what is run there, and what may go wrong."""

import contextlib
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.terminals import authority
from kiban_exchange import cli, line, sync
from kiban_exchange.cli import Exit
from tests.exchange.machine import machine_key
from tests.exchange.town import Town
from tests.serving import Serving, real_certificate
from tests.world import Actor, World


class Office:
    """A PC of an office: its folder, certificate and key, and the client run on them."""

    def __init__(self, world: World, actor: Actor, folder: Path, server: Serving) -> None:
        self.world, self.actor, self.server = world, actor, server
        self.folder, self.settings = folder / "連携", folder / "settings"
        self.folder.mkdir(parents=True)
        chain, key = real_certificate(world, actor, self.settings).pem()
        self.pem, self.key_file = self.settings / "terminal-and-key.pem", self.settings / "key.txt"
        self.pem.write_bytes(chain.read_bytes() + key.read_bytes())
        self.key, secret = machine_key(actor)
        self.key_file.write_text(f"{secret}\n")

    def arguments(self, **change: Any) -> list[str]:
        values = {
            "server": self.server.origin,
            "certificate": self.pem,
            "ca": authority.server_root_path(),
            "key-file": self.key_file,
            **{name.replace("_", "-"): value for name, value in change.items()},
        }
        return ["sync", str(self.folder), *(f"--{name}={value}" for name, value in values.items())]

    def run(self, **change: Any) -> int:
        return cli.main(self.arguments(**change))

    def export(self, files: dict[str, bytes]) -> None:
        """What the care software does."""
        (self.folder / sync.OUT).mkdir(exist_ok=True)
        for name, content in files.items():
            (self.folder / sync.OUT / name).write_bytes(content)

    def files(self, place: str) -> dict[str, bytes]:
        """Everything below a folder, by path; unfinished things too."""
        root = self.folder / place
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8-sig")

    @property
    def log(self) -> str:
        return self.read("記録.log")

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self.read("状態.json"))


def placed(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def inbox(town: Town) -> list[dict[str, Any]]:
    units, _, refusal = boxes.box(town.provider, "in")
    assert refusal is None
    return units


def raises(error: Exception) -> Callable[..., Any]:
    def always(*_: Any, **__: Any) -> Any:
        raise error

    return always


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is not looked at a second time before it is sent."""
    monkeypatch.setattr(sync, "LOOK_AGAIN", 0.0)


def killed_at(step: int, run: Callable[[], int]) -> bool:
    """Run in a process that kills itself (-9) at a step: before or after anything it does to disk or platform.

    Returns:
        whether there were as many steps.
    """
    child = os.fork()
    if not child:
        seen = 0

        def around(of: Any, name: str) -> None:
            plain = getattr(of, name)

            def watched(*arguments: Any, **more: Any) -> Any:
                nonlocal seen
                for when in ("before", "after"):
                    seen += 1
                    if seen == step:
                        os.kill(os.getpid(), signal.SIGKILL)
                    if when == "before":
                        answer = plain(*arguments, **more)
                return answer

            setattr(of, name, watched)

        for name in ("replace", "rename", "unlink", "mkdir", "fsync"):
            around(os, name)
        around(line.Line, "_ask")
        code = 99
        with contextlib.suppress(BaseException):
            code = run()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == Exit.DONE
    return os.WIFSIGNALED(status)
