"""What an operator has set in the environment, looked at before anything uses it: one sentence instead of a traceback.

A value is never repeated in the sentence: an address may hold a password. What is empty counts as not set.
"""

from __future__ import annotations

import ipaddress
import math
import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

# Whole numbers: the least, the greatest, an example.
NUMBERS = {
    "KIBAN_PORT": (0, 65535, "8443"),
    "KIBAN_CARD_PORT": (1, 65535, "35900"),
    "KIBAN_OPENINGS_PER_MINUTE": (0, 1_000_000, "120"),
    "KIBAN_SHARD": (0, 9000, "0"),
}
LONGEST = 9  # digits
NAME = re.compile(r"\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?")


def hosts(said: str) -> list[str]:
    """The names in ``KIBAN_HOSTS``; none when there are only commas and blanks."""
    return [name for name in said.replace(" ", "").split(",") if name]


def wrong(environment: Mapping[str, str] = os.environ) -> str:
    """What cannot be used of it, and how to write it; empty when all can."""
    for name, (least, greatest, example) in NUMBERS.items():
        said = environment.get(name, "")
        if said and not (said.isdecimal() and len(said) <= LONGEST and least <= int(said) <= greatest):
            return f"{name} は、{least}から{greatest}までの数字で書いてください(例 {example})。"
    minutes = environment.get("KIBAN_IDLE_MINUTES", "")
    if minutes and not _is_positive(minutes):
        return "KIBAN_IDLE_MINUTES は、画面をロックするまでの分を数字で書いてください(例 15)。"
    minutes = environment.get("KIBAN_SEAL_CLOSES_AFTER", "")
    if minutes and not _is_positive(minutes):
        return "KIBAN_SEAL_CLOSES_AFTER は、封印が止まってから何分で閉じるかを数字で書いてください(例 60)。"
    if not all(_is_host(name) for name in hosts(environment.get("KIBAN_HOSTS", ""))):
        return (
            "KIBAN_HOSTS には、サーバの名前だけを、コンマで区切って書いてください(例 kiban.example.jp)。"
            "https:// やポートは付けません。日本語の名前は xn-- で始まる形で書きます。"
        )
    if (name := environment.get("KIBAN_PASSKEY_HOST", "")) and not (_is_host(name) and name == name.strip(".")):
        return (
            "KIBAN_PASSKEY_HOST には、KIBAN_HOSTS にある名前を1つだけ書いてください(例 kiban.example.jp)。"
            "https:// やポートは付けません。"
        )
    if (address := environment.get("KIBAN_URL", "")) and not _is_address(address, "https"):
        return "KIBAN_URL は、https:// で始まるアドレスで書いてください(例 https://kiban.example.jp/)。"
    if (address := environment.get("DATABASE_URL", "")) and not _is_address(address, "postgresql", "postgres"):
        return (
            "DATABASE_URL が読めません。postgresql://アカウント:パスワード@サーバ:5432/データベース の形で、"
            "記号は %40 のように書いてください。"
        )
    return ""


def _is_positive(said: str) -> bool:
    try:
        return 0 <= float(said) < math.inf
    except ValueError:
        return False


def _is_host(name: str) -> bool:
    try:
        ipaddress.ip_address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
    except ValueError:
        return NAME.fullmatch(name) is not None
    return True


def _is_address(said: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(said)
        return parts.scheme in schemes and bool(parts.netloc) and (parts.port is None or parts.port > 0)
    except ValueError:  # no port, no IPv6 address
        return False
