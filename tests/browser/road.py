"""The whole road of a small office, each stretch done as the guide tells it (docs/guide/00-first-day.md).

The test walks all of it; the benchmark walks to the first opening and counts.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import time
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django_otp.oath import TOTP
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.hands import Hands
from tests.serving import Serving
from tests.world import Person, World

PASSWORD = "nagai-aikotoba-{}"  # 13 characters and more
_numbers = itertools.count(int(time.time()) % 90_000 * 10)


@dataclass
class Member:
    """Somebody of the office, and what only they know."""

    name: str
    login_id: str
    password: str
    secret: bytes = b""
    used: int = -1

    def code(self) -> str:
        """What the telephone shows; the next one when this one was used already."""
        clock = TOTP(self.secret)
        clock.time = max(time.time(), (self.used + 1) * 30.0)
        self.used = clock.t()
        return f"{clock.token():06d}"


@dataclass
class Office:
    """An office as the operator hands it over: nothing but a certificate and an invitation."""

    number: str
    name: str
    certificate: Path
    certificate_password: str
    invitation: str  # the path of its address
    members: dict[str, Member] = field(default_factory=dict)


def begin(folder: Path) -> Office:
    """The operator's one command."""
    number = f"13798{next(_numbers) % 100_000:05d}"
    name = f"試験の道 居宅介護支援事業所{number[-4:]}"
    command = ["begin", number, "--name", "試験 施設長", "--out", str(folder), "--office-name", name]
    done = subprocess.run(
        [sys.executable, "-m", "kiban.ops.cli", *command, "--services", "43", "15"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout
    password = re.search(r"パスワード\S*: (\S+)", told)
    invitation = re.search(r"アドレス: https://[^/]+(/\S+)", told)
    assert password, told
    assert invitation, told
    return Office(number, name, folder / f"terminal-{number}.p12", password.group(1), invitation.group(1))


@contextmanager
def terminal(chromium: Browser, server: Serving, certificate: Path, password: str, **more: object) -> Iterator[Page]:
    """A browser into which the certificate was put."""
    context: BrowserContext = chromium.new_context(
        base_url=server.origin,
        ignore_https_errors=True,
        locale="ja-JP",
        viewport={"width": 1280, "height": 900},
        client_certificates=[{"origin": server.origin, "pfxPath": str(certificate), "passphrase": password}],
        **more,  # type: ignore[arg-type]
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def take_up(hands: Hands, address: str, name: str, login_id: str) -> Member:
    """手紙の招待を受け取り、職員IDとパスワードを決め、認証アプリを登録する。"""
    member = Member(name, login_id, PASSWORD.format(login_id))
    hands.open(address)
    hands.fill("職員ID", member.login_id)
    hands.fill("パスワード", member.password)
    hands.fill("パスワード(もう一度)", member.password)
    hands.click("この職員IDで登録する")
    member.secret = b32decode("".join(hands.page.locator("ol code").inner_text().split()))
    hands.read_code()
    hands.fill("6桁", member.code())
    hands.click("登録してサインインする")
    return member


def sign_in(hands: Hands, member: Member) -> None:
    """職員IDとパスワード、認証アプリの6桁。"""
    hands.open("/")
    hands.fill("職員ID", member.login_id)
    hands.fill("パスワード", member.password)
    hands.click("次へ")
    hands.read_code()
    hands.fill("6桁", member.code())
    hands.click("サインインする")


def sign_out(hands: Hands) -> None:
    """右上の「終了」。"""
    hands.click("終了", within="header")


def invite(hands: Hands, name: str, kana: str, job: str, level: str) -> str:
    """職員を招待し、手紙の宛先(アドレス)を受け取る。"""
    hands.follow("職員", within=".kb-places--side")
    hands.follow("職員を招待する")
    hands.fill("氏名", name)
    hands.fill("フリガナ", kana)
    hands.select("職種", job)
    hands.select("利用者区分", level)
    hands.click("招待の手紙を作る")
    key = hands.page.locator("ol b.kb-number").inner_text()
    return f"/invitation/{key}/"


def insured(world: World) -> Person:
    """Somebody whose municipality has begun and has sent the insurance card."""
    insurer = world.insurer(started_on=world.days(-30))
    person = world.person(insurer)
    world.record(person, "insurance_card.card", {"care_level": "23"})
    return person


def pictures(page: Page, name: str) -> None:
    """Keep what was seen, when a folder is given."""
    if folder := os.environ.get("KIBAN_PICTURES"):
        page.screenshot(path=Path(folder) / f"road-{name}.png", full_page=True)
