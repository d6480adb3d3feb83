"""点検: what a terminal needs, each item as good or not, in words, with what to do. Nothing of a person is kept.

What the server sees itself (connection, certificate, browser) needs no script; clock and card reader are told by
the page's script (web/static/kiban/check.js).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from kiban.terminals import services
from kiban.terminals.middleware import MESSAGES, came_by_nginx
from kiban.terminals.models import Certificate, Check, SetUpStep, Terminal
from kiban.terminals.services import State
from kiban.terminals.steps import WITHOUT_CARD, Step, mark_done

TLS = "TLSv1.3"
MOST_SECONDS_OFF = 60
LONGEST_OFF = 100 * 366 * 24 * 3600  # seconds; further off is no clock
SOON_DAYS = 30
OLDEST = {"Microsoft Edge": 115, "Google Chrome": 115, "Firefox": 115, "Safari": 16}
_BROWSERS = (
    ("Microsoft Edge", re.compile(r"Edg(?:A|iOS)?/(\d+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d+)")),
    ("Google Chrome", re.compile(r"(?:Chrome|CriOS|Chromium)/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+).*Safari/")),
)
_SYSTEMS = (
    ("Windows", re.compile(r"Windows NT")),
    ("iPadOS", re.compile(r"iPad|iPhone")),
    ("macOS", re.compile(r"Macintosh")),
    ("Android", re.compile(r"Android")),
    ("Linux", re.compile(r"Linux|CrOS")),
)
# What the page's script found with the card client: words, and whether something has to be done about it.
CARD: dict[str, tuple[str, bool]] = {
    "ready": ("カード読み取りソフト、リーダー、カードのどれも使えます。", True),
    "no_card": (
        "カード読み取りソフトとリーダーは使えます。カードは置かれていません(置いてやり直すと、カードも確かめます)。",
        True,
    ),
    "other_card": (
        "リーダーは使えますが、マイナンバーカードとして読めません。向きを確かめて置き直してください。",
        False,
    ),
    "card_error": ("カードとの通信に失敗しました。カードを置き直して、もう一度点検してください。", False),
    "busy": ("別の画面でカードを使っています。終わってから、もう一度点検してください。", False),
    "no_reader": (
        "カードリーダーが見つかりません。つなぎ直し、見つからないときはパソコンを再起動してください。",
        False,
    ),
    "opensc_missing": ("カードを読むためのソフト(OpenSC)が入っていません。設定した人に入れてもらってください。", False),
    "absent": (
        "カード読み取りソフト(kiban-card)が動いていません。パソコンを再起動し、それでも動かないときは入れ直してください。",
        False,
    ),
    "refused": (
        "カード読み取りソフト(kiban-card)が、このサイトで使う設定ではありません。設定の origin を確かめてください。",
        False,
    ),
    "forbidden": (
        "ブラウザーがカード読み取りソフトを止めています。アドレス欄の左の印を押し、許可して、画面を開き直してください。",
        False,
    ),
}


@dataclass(frozen=True)
class Item:
    """One thing looked at."""

    name: str
    words: str
    is_good: bool
    remedy: str = ""


def tls_version(request: HttpRequest) -> str | None:
    """How the browser speaks to us: of our own connection, or as nginx says it; ``None`` where it cannot be told."""
    connection = request.META.get("gunicorn.socket")
    if came_by_nginx(request.META):
        return request.META.get("HTTP_X_KIBAN_TLS_VERSION")
    version: str | None = connection.version() if connection is not None and hasattr(connection, "version") else None
    return version


def connection(request: HttpRequest) -> Item:
    """TLS."""
    version = tls_version(request)
    if version is None:
        return Item("通信の暗号化", "確かめられませんでした。", True)
    remedy = "ブラウザーとOSを新しくしてください。直らないときは、ネットワークの担当者に伝えてください。"
    return Item("通信の暗号化", f"{version.replace('TLSv', 'TLS ')}です。", version == TLS, remedy)


def certificate(state: State, presented: Certificate | None) -> Item:
    """The terminal's certificate as the ledger has it."""
    if state is not State.OK or presented is None:
        return Item(
            "端末の証明書",
            MESSAGES.get(state, ""),
            False,
            "事業所の管理者に、「端末」の画面で証明書を発行してもらい、入れ直してください。",
        )
    ends = min(presented.not_after, presented.revoked_at or presented.not_after)
    days = (timezone.localdate(ends) - timezone.localdate()).days
    return Item(
        "端末の証明書",
        f"「{presented.terminal.name}」の証明書です。あと{days}日使えます。",
        days > SOON_DAYS,
        "管理する人か管理者が、この端末で「この端末の証明書」を開き、新しくしてください。",
    )


def browser_of(agent: str) -> tuple[str, int] | None:
    """Name and main version of the browser, from its User-Agent."""
    for name, pattern in _BROWSERS:
        if match := pattern.search(agent):
            return name, int(match[1][:6])
    return None


def system_of(agent: str) -> str:
    """Windows, macOS …, from the User-Agent; empty where it cannot be told."""
    return next((name for name, pattern in _SYSTEMS if pattern.search(agent)), "")


def browser(agent: str) -> Item:
    """Which browser, and whether it is new enough."""
    known = browser_of(agent)
    remedy = "Microsoft Edge、Google Chrome、Firefox、Safari のどれかを、いちばん新しい版にして使ってください。"
    if known is None:
        return Item("ブラウザー", "種類がわかりません。", False, remedy)
    name, version = known
    system = system_of(agent)
    where = f"({system})" if system else ""
    return Item("ブラウザー", f"{name} {version}{where}です。", version >= OLDEST[name], remedy)


def clock(seconds: int) -> Item:
    """How far the terminal's clock is from the server's; positive: it is ahead."""
    off = abs(seconds)
    name = "端末の時計"
    if off <= MOST_SECONDS_OFF:
        return Item(name, "合っています。", True)
    amount = f"{off // 86400}日" if off >= 2 * 86400 else f"{off // 3600}時間" if off >= 7200 else f"{off // 60}分"
    return Item(
        name,
        f"約{amount}{'進んで' if seconds > 0 else '遅れて'}います。",
        False,
        "OSの「日付と時刻」の設定で、時刻を自動で合わせてください。時計が違うと、証明書や確認コードが使えないことがあります。",
    )


def card(code: str) -> Item:
    """Card client, reader and card, by what the script was told. Raises KeyError for what no script says."""
    words, is_good = CARD[code]
    return Item("カードリーダー", words, is_good)


def of_server(request: HttpRequest) -> tuple[Certificate | None, list[Item]]:
    """What needs no script. The certificate is returned only where it is good today."""
    fingerprint: str | None = request.certificate_fingerprint  # type: ignore[attr-defined]
    presented = services.find(fingerprint) if fingerprint else None
    state = services.state(presented) if fingerprint else State.NONE
    items = [connection(request), certificate(state, presented), browser(request.META.get("HTTP_USER_AGENT", ""))]
    return (presented if state is State.OK else None), items


def record(terminal: Terminal, items: list[Item], *, agent: str, card_code: str, by: str) -> Check:
    """Enter a check into the ledger, and what it tells of the terminal besides."""
    uses_card = not SetUpStep.objects.filter(terminal=terminal, step=Step.READER, note=WITHOUT_CARD).exists()
    faults = [f"{item.name}: {item.words}" for item in items if not item.is_good]
    if not uses_card:
        faults = [words for words in faults if not words.startswith("カードリーダー")]
    recorded = Check.objects.create(
        terminal=terminal,
        checked_by=by,
        results={"items": [[item.name, item.words, item.is_good] for item in items], "faults": faults},
        is_good=not faults,
    )
    known = browser_of(agent)
    learned = {"os": terminal.os or system_of(agent), "browser": terminal.browser or (known[0] if known else "")}
    Terminal.objects.filter(pk=terminal.pk).update(**learned)
    has_step = SetUpStep.objects.filter(terminal=terminal, step=Step.READER).exists()
    if card_code in ("ready", "no_card") and not has_step:
        mark_done(terminal, Step.READER, by=by)
    return recorded


def client_address() -> str:
    """Where the card client of a terminal listens."""
    return f"http://127.0.0.1:{settings.CARD_PORT}"
