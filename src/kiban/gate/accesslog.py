"""The access log outside the database: the canonical form of a row and its leaf hash.

The same form as ``gate.canonical`` in SQL, written down once more so that an export can be verified without the
database it came from. docs/algorithms/gate.md §7 describes it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FIELDS = (
    "insured_key",
    "at",
    "id",
    "xid",
    "action",
    "account_id",
    "employment_id",
    "organisation_id",
    "delegation_id",
    "session",
    "certificate",
    "purpose",
    "matrix",
    "assignment_id",
    "consent_id",
    "persons",
    "standing",
    "decisions",
    "detail",
    "outcome",
)


def canonical(row: Mapping[str, Any]) -> str:
    """The text a row is hashed over: its fields separated by U+001F, lists by U+001E, time in microseconds."""
    return "\x1f".join(["kiban-access-1", *(_text(row[name]) for name in FIELDS)])


def leaf_hash(row: Mapping[str, Any]) -> bytes:
    """SHA-256 (32 bytes) of 0x00, the row's salt and its canonical form: a leaf of an RFC 6962 tree."""
    return hashlib.sha256(b"\x00" + bytes(row["salt"]) + canonical(row).encode()).digest()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return str((value - EPOCH) // dt.timedelta(microseconds=1))
    if isinstance(value, list):
        return "\x1e".join(map(str, value))
    return str(value)
