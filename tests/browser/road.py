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
from tests.cast import CARD
from tests.serving import Serving
from tests.world import Person, World, days

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
    context.set_default_timeout(10_000)
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


def sign_in(hands: Hands, member: Member, *, refused: bool = False) -> None:
    """職員IDとパスワード、認証アプリの6桁。"""
    hands.open("/")
    hands.fill("職員ID", member.login_id)
    hands.fill("パスワード", member.password)
    hands.click("次へ")
    if refused:
        return
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
    hands.select("権限区分", level)
    hands.click("招待の手紙を作る")
    key = hands.page.locator("ol b.kb-number").inner_text()
    return f"/invitation/{key}/"


def insured(world: World) -> Person:
    """Somebody whose municipality has begun and has sent the insurance card."""
    insurer = world.insurer(started_on=days(-30))
    person = world.person(insurer)
    world.record(person, "insurance_card.card", CARD, valid_from=days(-200), valid_to=days(200))
    return person


def read_card(hands: Hands) -> None:
    """カードをリーダーに置き、暗証番号を本人に入れてもらう。"""
    hands.follow("利用者", within=".kb-places--side")
    hands.follow("担当として登録する")
    hands.click("カードを読む")
    hands.fill("利用者証明用の暗証番号", "1234")
    hands.click("本人を確認する")
    hands.page.get_by_text("カードで本人を確認しました").wait_for()


def register(hands: Hands, person: Person, capacity: str = "居宅サービス計画を作成する事業所") -> None:
    """被保険者証を見て4つの情報を入れ、担当として登録する。"""
    hands.fill("保険者番号", person.insurer_no)
    hands.fill("被保険者番号", person.insured_no)
    birth = person.birth
    hands.day("生年月日", "昭和", birth.year - 1925, birth.month, birth.day)
    hands.choose("女" if person.sex == "2" else "男")
    hands.choose(capacity)
    hands.click("登録する")


def consent(hands: Hands) -> None:
    """説明文を示し、同意を登録する。"""
    hands.follow("同意")
    hands.follow("同意を登録する")
    hands.choose("本人")
    hands.choose("会って伺った")
    hands.choose("説明文をご本人に示して")
    pictures(hands.page, "consent")
    hands.click("同意を登録する")
    pictures(hands.page, "consent-after")
    hands.page.get_by_text("包括的同意を登録しました").wait_for()


def open_person(hands: Hands) -> None:
    """最初の閲覧。"""
    hands.follow("利用者に戻る")
    hands.page.get_by_text("この閲覧は記録されました").wait_for()


def pictures(page: Page, name: str) -> None:
    """Keep what was seen, when a folder is given."""
    if folder := os.environ.get("KIBAN_PICTURES"):
        page.screenshot(path=Path(folder) / f"road-{name}.png", full_page=True)


def permit(hands: Hands, actor: str, absent: str) -> None:
    """管理者が代行を許可する。"""
    hands.follow("職員", within=".kb-places--side")
    hands.follow("代行")
    hands.follow("代行を許可する")
    hands.select("代行する人", actor)
    hands.select("代わられる人", absent)
    hands.fill("理由", "研修で不在のため")
    hands.click("許可する")


def act_for(hands: Hands, absent: str) -> None:
    """許可された代行を始める。"""
    hands.open("/acting/")
    hands.click(f"{absent}さんの代行を始める")


def end_now(hands: Hands, name: str) -> None:
    """退職した人の登録を今すぐ終える。"""
    hands.follow("職員", within=".kb-places--side")
    hands.follow(name)
    hands.unfold("今すぐ終える")
    hands.click("今すぐ終える")
