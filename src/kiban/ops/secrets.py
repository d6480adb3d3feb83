"""The installation's own secrets: made once by ``kiban setup``, readable by its account only."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

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
    try:
        descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _completed(load())
    made = {name: secrets.token_hex(32) for name in NAMES}
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file, indent=1)
    return made


def _completed(known: dict[str, str]) -> dict[str, str]:
    missing = {name: secrets.token_hex(32) for name in NAMES if name not in known}
    if missing:
        beside = path().with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(known | missing, file, indent=1)
        beside.replace(path())
    return known | missing
