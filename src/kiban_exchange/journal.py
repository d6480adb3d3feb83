"""状態.json: what was received, what is told, and which moves a run had begun. Written whole, after every step.

Losing it loses nothing: the platform knows what was sent, and files that are there already are not fetched again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kiban_exchange import disk

NAME = "状態.json"


@dataclass
class Move:
    """Files to be put where they belong.

    Attributes:
        folder: below the exchange folder, with "/".
        files: name in 送信 → SHA-256 of what was sent.
        reason: for 理由.txt; empty: none.
        told: the line for the log.
    """

    folder: str
    files: dict[str, str]
    reason: str
    told: str


@dataclass
class Received:
    """A unit that lies in 受信.

    Attributes:
        folder: its folder's name.
        receipt: fingerprint of the last word told to the platform; empty: none.
        outcome: ``taken`` or ``error`` as it was told; empty: none.
        is_withdrawn: the sender took it back, and the folder says so.
    """

    folder: str
    receipt: str = ""
    outcome: str = ""
    is_withdrawn: bool = False


@dataclass
class Journal:
    """The state of a folder.

    Attributes:
        moves: begun and perhaps not done.
        waiting: sendings with files missing → since when (seconds).
        ignored: how many other files were seen in 送信.
        received: number of a unit → where it lies.
        sent: number of a unit → its state as last told in the log.
        after_in, after_out: numbers up to which nothing is new in a box.
    """

    path: Path
    moves: list[Move] = field(default_factory=list)
    waiting: dict[str, float] = field(default_factory=dict)
    ignored: int = 0
    received: dict[str, Received] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    after_in: int = 0
    after_out: int = 0

    def save(self) -> None:
        """Raises OSError: the disk is full or gone; what stood there before still stands."""
        content = {name: value for name, value in asdict(self).items() if name != "path"}
        disk.write(self.path, json.dumps(content, ensure_ascii=False, indent=1).encode())


def load(folder: Path) -> tuple[Journal, bool]:
    """The journal of a folder, and whether one that cannot be read was put aside (a new one is begun then)."""
    path = folder / NAME
    try:
        return _of(path, json.loads(path.read_text(encoding="utf-8"))), False
    except FileNotFoundError:
        return Journal(path), False
    except (ValueError, TypeError, KeyError, AttributeError):
        path.replace(folder / "状態_読めないもの.json")
        return Journal(path), True


def _of(path: Path, content: dict[str, Any]) -> Journal:
    return Journal(
        path,
        moves=[Move(**one) for one in content["moves"]],
        waiting={str(key): float(since) for key, since in content["waiting"].items()},
        ignored=int(content["ignored"]),
        received={str(int(key)): Received(**one) for key, one in content["received"].items()},
        sent={str(int(key)): str(state) for key, state in content["sent"].items()},
        after_in=int(content["after_in"]),
        after_out=int(content["after_out"]),
    )
