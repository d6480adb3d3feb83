"""The configuration file: which one site may use the card, and on which port.

TOML, for example::

    origin = "https://kaigo.example.jp"
    port = 35900                          # if something else is there already; the platform has to know it too
    opensc = "/usr/lib/opensc-pkcs11.so"  # only where OpenSC is not where it usually is
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PORT = 35900
# As a browser writes it: lower case, no default port, no slash at the end.
ORIGIN = re.compile(r"https://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:(?!443$)[1-9]\d{0,4})?")
NAMES = {"origin", "port", "opensc"}


class ConfigError(Exception):
    """Why the configuration cannot be used, in words for the person who set it up."""


@dataclass(frozen=True)
class Config:
    """Checked settings. ``origin``: the only site that is answered."""

    origin: str
    port: int = PORT
    opensc: Path | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.origin, str) or not ORIGIN.fullmatch(self.origin):
            raise ConfigError(
                "origin は https://kaigo.example.jp のように、サイトのアドレスの先頭だけを小文字で書いてください"
                "(最後の / や、標準のポート :443 は付けません)。"
            )
        if type(self.port) is not int or not 1024 <= self.port <= 65535:
            raise ConfigError("port は 1024 から 65535 までの数で書いてください。")


def load(path: Path | None, *, origin: str | None = None, port: int | None = None) -> Config:
    """The settings of a file, or of the first usual place that has one; what is given by hand goes before.

    Raises:
        ConfigError: no such file, not TOML, an unknown name, or a value that cannot be.
    """
    values = _read(path)
    opensc = values.get("opensc")
    if opensc is not None and not isinstance(opensc, str):
        raise ConfigError("opensc は OpenSC の PKCS#11 モジュールの場所を文字で書いてください。")
    given_origin = origin or values.get("origin")
    if given_origin is None:
        places = "、".join(str(place) for place in usual_places())
        raise ConfigError(
            "どのサイトのためのものかが決まっていません。設定ファイルに origin を書くか、--origin を付けてください"
            f"(設定ファイルの場所: {places})。"
        )
    return Config(given_origin, port or values.get("port", PORT), Path(opensc) if opensc else None)


def usual_places() -> Iterator[Path]:
    """Where the file is looked for: the machine's first, so that a user cannot point the client elsewhere."""
    if sys.platform == "win32":
        yield Path(os.environ.get("PROGRAMDATA", "C:/ProgramData"), "kiban-card", "kiban-card.toml")
        yield Path(os.environ.get("APPDATA", Path.home()), "kiban-card", "kiban-card.toml")
        return
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/kiban-card/kiban-card.toml")
        yield Path.home() / "Library/Application Support/kiban-card/kiban-card.toml"
        return
    yield Path("/etc/kiban-card.toml")
    yield Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "kiban-card.toml"


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        path = next((place for place in usual_places() if place.is_file()), None)
        if path is None:
            return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"設定ファイル {path} を読めません({error.strerror})。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"設定ファイル {path} の書き方が正しくありません: {error}") from error
    unknown = sorted(set(values) - NAMES)
    if unknown:
        raise ConfigError(
            f"設定ファイル {path} に知らない名前があります: {'、'.join(unknown)}"
            "(書けるのは origin、port、opensc です)。"
        )
    return values
