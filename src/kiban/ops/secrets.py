"""The installation's own secrets: made once by ``kiban setup``, readable by its account only."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from kiban.ops import disk
from kiban.ops.paths import data_folder

NAMES = (
    "django_key",
    "opaque_key",
    "exchange_key",
    "session_key",
    "web_password",
    "worker_password",
    "sealer_password",
    "owner_password",
)


def path() -> Path:
    """The file the secrets lie in."""
    return data_folder() / "secrets.json"


def load() -> dict[str, str]:
    """Read the secrets; before set-up, throw-away ones (good for type checks and ``--help``, not for serving)."""
    try:
        return dict(json.loads(path().read_text()))
    except FileNotFoundError:
        return {name: secrets.token_hex(32) for name in NAMES}


def ensure() -> dict[str, str]:
    """Read the secrets, making the file (mode 0600) if there is none, and what a newer version needs besides."""
    path().parent.mkdir(parents=True, exist_ok=True)
    made = {name: secrets.token_hex(32) for name in NAMES}
    try:
        disk.write_new(path(), _text(made))
    except FileExistsError:
        return _completed(load())
    return made


def _completed(known: dict[str, str]) -> dict[str, str]:
    missing = {name: secrets.token_hex(32) for name in NAMES if name not in known}
    if missing:
        beside = path().with_suffix(".new")
        beside.unlink(missing_ok=True)  # of a set-up that was killed
        disk.write_new(beside, _text(known | missing))
        beside.replace(path())
    return known | missing


def _text(known: dict[str, str]) -> bytes:
    return json.dumps(known, indent=1).encode()
