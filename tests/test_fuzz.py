"""No input and no setting makes the server fail: every address, by strangers and by staff, with what no page sends.

The values are the same in every run. What a page asks for by name is read from the source, so that each value reaches
the place that takes it; a failure is a 5xx, whatever the cause.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import NoReverseMatch, URLPattern, resolve, reverse

import kiban
from kiban.web import opaque
from tests import cast
from tests.cast import Cast, browser
from tests.routes import ROUTES, address, routes
from tests.world import World

SOURCE = Path(kiban.__file__).parent
ASKED = re.compile(
    r'(?:GET|POST|FILES|data|sent|told)(?:\.get|\.getlist)?[(\[]"([a-z_]+)"|^    ([a-z_]+) = (?:forms\.|\w+Field\()',
    re.M,
)
VALUES = (
    "", "0", "-1", "1", "²", "٣", "９", "1e309", "nan", "9" * 400, "9223372036854775808",
    "\x00", "a\x00b", "𠮷", "\ud7ff", "2026-02-30", "9999-12-31", "0001-01-01", "令和99年13月40日", "昭和65年",
    "202613", "000000", "' OR 1=1 --", "%", "\\", "[]", "{}", '{"id": 1}', '{"id": null, "response": 3}', "[" * 3000,
    "true", "//evil.example/", "../../etc/passwd", "a" * 9000, "<script>", "care_planning", "consent", "1:2", "1,2",
    "yes", "on",
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**63 - 1, 2**63, 10**30)
TEXTS = ("0", "x", "²", "999999999999", "202613", "a b", "%00", "𠮷", "-1", "1370000001")
FILES = (
    b"",
    b"\x00" * 20,
    b"PK\x03\x04 not a zip",
    "見出し\n値\n".encode("cp932"),
    b"\xff\xfe\x00",
    b"%PDF-1.4\n",
    b"\xff\xd8\xff\xe0",
)
TOKEN = "k" * 32
ODD_SETTINGS = {
    "CARD_ANCHORS": "/nowhere/at/all.pem",
    "CARD_REVOCATION": "crl:/nowhere/at/all.crl",
    "SMTP": "smtp://127.0.0.1:1",
    "PASSKEY_HOST": "",
    "HELP_TELEPHONE": "",
    "EXCHANGE_CHECK_IS_PUBLIC": True,
    "PUBLIC_URL": "https://localhost/",
}


@cache
def names() -> tuple[str, ...]:
    """Every name a view or a form asks for."""
    asked = {name for path in SOURCE.rglob("*.py") for pair in ASKED.findall(path.read_text()) for name in pair if name}
    assert len(asked) > 100, "the source is written otherwise now: the names are not found any more"
    return tuple(sorted(asked))


def odd(seed: str, turn: int) -> dict[str, str]:
    """A value for every name, another one in every turn."""
    start = crc32(seed.encode()) + turn * 7
    return dict(zip(names(), islice(cycle(VALUES), start % len(VALUES), None), strict=False))


def bodies(seed: str) -> Iterator[tuple[str, bytes | dict[str, Any], str]]:
    """What is posted: (what it is, body, content type)."""
    form = "application/x-www-form-urlencoded"
    yield "nothing", b"", form
    for turn in range(4):
        yield f"form {turn}", urlencode(odd(seed, turn)).encode(), form
    yield "multipart", odd(seed, 4), MULTIPART_CONTENT
    for turn, content in enumerate(FILES):
        if turn % 3 == crc32(seed.encode()) % 3:
            yield (
                f"files {turn}",
                odd(seed, turn) | {"file": _file(content), "files": _file(content)},
                MULTIPART_CONTENT,
            )
    yield "json", json.dumps(odd(seed, 5)).encode(), "application/json"
    yield "json list", b"[1, null, {}]", "application/json"
    yield "no json", b'{"a": ', "application/json"
    yield "deep json", b"[" * 20_000, "application/json"
    yield "bytes", bytes(range(256)), "application/octet-stream"
    yield "half a multipart", b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"
    yield "no boundary", b"x", "multipart/form-data"
    yield "another charset", "氏名=試験".encode("utf-16"), f"{form}; charset=utf-16"
    yield "no charset", b"a=b", f"{form}; charset=nothing"


def _file(content: bytes) -> Any:
    made = BytesIO(content)
    made.name = "UPHOSOKU_202610_1370000010_43_1370000028_11_20260925090000.CSV"
    return made


def odd_addresses(name: str, pattern: URLPattern, town: Cast) -> Iterator[str]:
    """The address, and with one of its parts something else."""
    right = address(name, pattern, town)
    known = resolve(right.partition("?")[0]).kwargs
    yield right
    for part, value in known.items():
        if part == "key" and isinstance(value, int):
            encoded = opaque.encode(value)
            others = (encoded[:-1], encoded[::-1], "A" * 22, "A" * 300)
            yield from (right.replace(encoded, other) for other in others)
            continue
        for other in NUMBERS if isinstance(value, int) else TEXTS:
            with suppress(NoReverseMatch, ValueError):
                yield reverse(name, kwargs=known | {part: other})


@pytest.fixture
def town() -> Iterator[Cast]:
    world = World()
    yield cast.build(world)
    world.connection.close()


PATTERNS = dict(routes())


def test_every_route_is_asked():
    assert set(PATTERNS) == set(ROUTES)


def visitors(town: Cast) -> dict[str, Client]:
    # With the token, as a browser has it: the check of it reads the form before any view does.
    options: dict[str, Any] = {"raise_request_exception": False, "enforce_csrf_checks": True}
    options |= {"HTTP_ORIGIN": "http://localhost", "HTTP_X_CSRFTOKEN": TOKEN}
    clients = {
        "administrator": browser(town.administrator, **options),
        "manager": browser(town.manager, **options),
        "officer": browser(town.officer, **options),
        "terminal": browser(None, certificate=town.manager.der, **options),
        "stranger": browser(None, **options),
    }
    for client in clients.values():
        client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    return clients


def test_what_is_posted_gets_through(town: Cast):
    client = visitors(town)["administrator"]
    assert client.post("/own/digest/", {"wants": "no"}).status_code == 302
    del client.cookies[settings.CSRF_COOKIE_NAME]
    assert client.post("/own/digest/", {"wants": "no"}).status_code == 403


@pytest.mark.parametrize("name", ROUTES)
def test_no_input_makes_it_fail(town: Cast, name: str):
    where, addresses = address(name, PATTERNS[name], town), list(odd_addresses(name, PATTERNS[name], town))
    for who, client in visitors(town).items():
        may_most = who == "administrator"  # the others are mostly turned away before anything is read
        for turn, odd_one in enumerate(addresses if may_most else addresses[:1]):
            answer = client.post(odd_one, {"purpose": "inquiry"}) if turn % 2 else client.get(odd_one)
            assert answer.status_code < 500, (who, odd_one)
        for turn in range(2 if may_most else 1):
            assert client.get(where, odd(name, turn)).status_code < 500, (who, where, odd(name, turn))
        for what, body, content_type in bodies(name) if may_most else islice(bodies(name), 1, 7, 3):
            sent = encode_multipart(BOUNDARY, body) if isinstance(body, dict) else body
            answer = client.generic("POST", where, sent, content_type=content_type)
            assert answer.status_code < 500, (who, where, what)
        for method in ("PUT", "DELETE", "OPTIONS", "HEAD", "PATCH") if may_most else ():
            assert client.generic(method, where, b"x").status_code < 500, (who, where, method)


@pytest.mark.parametrize("name", ROUTES)
def test_no_setting_makes_it_fail(town: Cast, name: str, monkeypatch: pytest.MonkeyPatch):
    for setting, value in ODD_SETTINGS.items():
        monkeypatch.setattr(settings, setting, value)
    where = address(name, PATTERNS[name], town)
    everybody = visitors(town)
    for who in ("administrator", "stranger"):
        assert everybody[who].get(where).status_code < 500, (who, where)
        assert everybody[who].post(where, {"purpose": "inquiry"}).status_code < 500, (who, where)
