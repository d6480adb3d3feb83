"""Both offices with somebody at a browser, and what they do there."""

from __future__ import annotations

import html
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kiban.formats.careplan.checks import file as file_check
from kiban.formats.careplan.layouts import reading
from kiban.gate import calling
from tests.cast import browser
from tests.exchange.town import Town
from tests.world import World

INBOX, OUTBOX, SEND, DRAFTS = "/exchange/in/", "/exchange/out/", "/exchange/send/", "/exchange/send/drafts/"


class Desks(Town):
    """The town with somebody at a browser in each office."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.sender = browser(world.actor(self.planning, name="試験 送る子"))
        self.receiver = browser(world.actor(self.providing, "care_worker"))
        self.elsewhere = browser(world.actor(world.organisation("11"), "care_worker"))


def text(response) -> str:
    return html.unescape(response.content.decode())


def drop(client: Client, *contents: dict[str, bytes]):
    files = [SimpleUploadedFile(name, content) for unit in contents for name, content in unit.items()]
    return client.post(SEND, {"files": files})


def page(number: int, rest: str = "") -> str:
    return f"/exchange/units/{number}/{rest}"


def names_of(unit) -> list[str]:
    return [name for name in unit.people.values() if name]


def zipped(files: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return into.getvalue()


class Counted:
    """Since ``begin``: how often files were gone through (checked or read), and how often the gate was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checked = self.read = self.asked = 0
        self._count(monkeypatch, file_check, "blocks", "checked")
        self._count(monkeypatch, reading, "blocks", "read")
        self._count(monkeypatch, calling, "_execute", "asked")

    def _count(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, counter: str) -> None:
        plain = getattr(module, name)

        def counted(*arguments: Any, **more: Any) -> Any:
            setattr(self, counter, getattr(self, counter) + 1)
            return plain(*arguments, **more)

        monkeypatch.setattr(module, name, counted)

    def begin(self) -> None:
        self.checked = self.read = self.asked = 0
