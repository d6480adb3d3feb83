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
_WHERE = ("insured_key", "at", "id", "xid", "action")
# Of a row of kiban-access-1, which was question and decision at once.
FIELDS_1 = (
    *_WHERE,
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
QUESTION = (
    "step",
    "shard",
    *_WHERE,
    "account_id",
    "employment_id",
    "organisation_id",
    "delegation_id",
    "session",
    "certificate",
    "purpose",
    "matrix",
    "standing",
    "outcome",
    "attempt",
    "organisation_kind",
    "organisation_number",
    "job_type",
    "level",
    "parties",
    "machine",
    "items",
    "parameters",
)
DECISION = (
    "step",
    "shard",
    *_WHERE,
    "question_at",
    "question_id",
    "assignment_id",
    "consent_id",
    "emergency_id",
    "persons",
    "decisions",
    "numbers",
    "day",
    "total",
    "outcome",
)
FORMATS = {
    None: ("kiban-access-1", FIELDS_1),
    "question": ("kiban-access-2", QUESTION),
    "decision": ("kiban-access-2", DECISION),
}


def canonical(row: Mapping[str, Any]) -> str:
    """The text a row is hashed over: its fields separated by U+001F, lists by U+001E, time in microseconds."""
    name, fields = FORMATS[row.get("step")]
    return "\x1f".join([name, *(_text(row[field]) for field in fields)])


def leaf_hash(row: Mapping[str, Any]) -> bytes:
    """SHA-256 (32 bytes) of 0x00, the row's salt and its canonical form: a leaf of an RFC 6962 tree."""
    return hashlib.sha256(b"\x00" + bytes(row["salt"]) + canonical(row).encode()).digest()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return str((value - EPOCH) // dt.timedelta(microseconds=1))
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, list):
        return "\x1e".join(map(str, value))
    return str(value)
