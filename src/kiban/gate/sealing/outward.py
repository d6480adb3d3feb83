"""Heads leave the machine: to a folder (another disk, a stick), to witnesses, by e-mail. What left cannot be rewritten.

Folder and witnesses: at most once a minute, beside the sealing, which never waits for them. E-mail: once a day.
"""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings

from kiban.gate.sealing import keys, proving, store
from kiban.gate.sealing.store import Connection, Log, Sealed
from kiban.ops import database, reasons
from kiban.ops.database import Role
from kiban.ops.room import Finding, State
from kiban.staff import mail
from kiban.terminals.card.fetch import fetch
from kiban.tlog import witnessing
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import Key, Note

EVERY = 60.0  # seconds
WITNESSES = "witnesses"  # in the keys' folder: address and vkey, a line each
LATEST = "checkpoint"
PROBLEM = "outward-problem"  # in the keys' folder: what did not work last, for doctor


@dataclass(frozen=True)
class Witness:
    """Where a witness is asked, and how its signature is known."""

    address: str
    key: Key


def witnesses() -> list[Witness]:
    """Those who are asked.

    Raises:
        ProofError: a line of the file cannot be read.
    """
    try:
        lines = (keys.folder() / WITNESSES).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        address, _, said = line.strip().partition(" ")
        if address:
            found.append(Witness(address, Key.read(said)))
    return found


def ask_in_future(address: str, key: Key) -> None:
    """Put a witness on the list."""
    path = keys.folder() / WITNESSES
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{kept}{address} {key}\n", encoding="utf-8")


def stay(is_over: Callable[[float], bool], say: Callable[[str], None]) -> None:
    """Send heads out until it is over; says once what does not work, until that changes."""
    told = ""
    while not is_over(EVERY):
        problems = []
        try:
            with database.connect(Role.SEALER, options="-c synchronous_commit=on") as connection:
                problems = list(once(connection))
        except (psycopg.Error, OSError) as error:
            problems = [type(error).__name__]
        words = "、".join(problems)
        if words and words != told:
            say(f"閲覧記録の先頭を外に出せません: {words}")
        told = words
        _note(words)


def once(connection: Connection) -> Iterator[str]:
    """Send the latest head to the folder and the witnesses; what did not work, in words."""
    log = store.last_log(connection)
    head = store.last_head(connection, log.number) if log else None
    if log is None or head is None:
        return
    if folder := settings.SEAL_FOLDER:
        try:
            put(Path(folder), log, head)
        except OSError as error:
            yield f"{folder} に書けません({reasons.of(error)})"
    try:
        asked = witnesses()
    except ProofError:
        yield f"{keys.folder() / WITNESSES} が読めません"
        return
    for witness in asked:
        if words := cosigned(connection, log, head, witness):
            yield f"立会人 {witness.key.name}: {words}"


def put(folder: Path, log: Log, head: Sealed) -> None:
    """Write a head as a file of its own, and as the latest one; nothing that is there is changed.

    Raises:
        OSError: the folder is not there or cannot be written.
    """
    place = folder / log.origin.replace("/", "_")
    place.mkdir(exist_ok=True)
    file = place / f"{head.size:015d}"
    if not file.exists():
        file.write_text(head.note, encoding="utf-8")
        beside = place / f"{LATEST}.new"
        beside.write_text(head.note, encoding="utf-8")
        beside.replace(place / LATEST)


def cosigned(connection: Connection, log: Log, head: Sealed, witness: Witness) -> str:
    """Have a witness vouch for a head, and keep its line; why not, in words.

    A witness that has seen more than there is, or another history, is the alarm all this is for.
    """
    old = _seen(connection, log, witness)
    for _try in range(2):
        if old > head.size:
            return (
                f"立会人は{old}行まで見ていますが、封印は{head.size}行です。記録が消されたか、前の状態に戻されています"
            )
        if old == head.size and _seen(connection, log, witness) == old:
            return ""
        proof = proving.consistency(connection, log.number, old, head.size) if old else []
        try:
            said = fetch(witness.address, witnessing.request(old, proof, head.note).encode(), "text/plain").decode()
        except urllib.error.HTTPError as error:
            if error.code == 409 and (answered := error.read(20).decode("ascii", "replace").strip()).isdecimal():
                old = int(answered)
                continue
            if error.code == 422:
                return "前に見た記録の続きではないと言っています。記録が書き換えられたおそれがあります"
            return f"断られました({error.code})"
        except (OSError, ValueError):
            return "答えがありません"
        return _keep(connection, head, witness, said)
    return "答えがそろいません"


def _seen(connection: Connection, log: Log, witness: Witness) -> int:
    query = "SELECT coalesce(max(size), 0) FROM gate.sealed_cosignature WHERE log = %s AND witness = %s"
    (size,) = connection.execute(query, [log.number, witness.key.name]).fetchone() or (0,)
    return int(size)


def _keep(connection: Connection, head: Sealed, witness: Witness, said: str) -> str:
    line = next((one for one in said.splitlines() if one.startswith(f"— {witness.key.name} ")), "")
    try:
        if not line or not Note.read(f"{head.note}{line}\n").is_signed_by(witness.key):
            return "答えに署名がありません"
    except ProofError:
        return "署名が合いません"
    connection.execute(
        "INSERT INTO gate.sealed_cosignature (log, size, witness, line) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [head.log, head.size, witness.key.name, f"{line}\n"],
    )
    return ""


def mail_head() -> str:
    """The day's e-mail with the latest head, to whoever keeps heads; what was done, in words."""
    if not settings.SEAL_MAIL:
        return "宛先なし"
    with database.connect(Role.OWNER) as connection:
        log = store.last_log(connection)
        head = store.last_head(connection, log.number) if log else None
    if log is None or head is None:
        return "まだ封印がありません"
    text = (
        "介護情報基盤の閲覧記録の、今日の署名です。このメールをそのまま取っておいてください。\n"
        "いつか記録が書き換えられても、これと比べればわかります(kiban log verify --head、kiban-verify --head)。\n\n"
        f"{head.note}\n公開鍵: {keys.vkeys(log.origin)[-1]}\n"
    )
    for address in settings.SEAL_MAIL:
        mail.send(address, f"閲覧記録の署名 {head.size}行", text)
    return f"{len(settings.SEAL_MAIL)}通"


def health() -> Iterator[Finding]:
    """Whether heads leave the machine."""
    problem = keys.folder() / PROBLEM
    try:
        words, lasts = problem.read_text(encoding="utf-8"), time.time() - problem.stat().st_mtime
    except OSError:
        words, lasts = "", 0.0
    if words and lasts >= 0:
        yield Finding(
            f"閲覧記録の先頭を外に出せません({words})",
            State.CAUTION,
            "つながり、空き、立会人の返事を確かめてください。",
        )
    elif not (settings.SEAL_FOLDER or settings.SEAL_MAIL or (keys.folder() / WITNESSES).exists()):
        yield Finding(
            "閲覧記録の署名が、この機械の外に出ていません",
            State.CAUTION,
            "この機械を触れる人なら、記録と署名をまるごと作り直せます。"
            "KIBAN_SEAL_MAIL か KIBAN_SEAL_FOLDER を設定するか、立会人に頼んでください(docs/operation.md)。",
        )
    else:
        yield Finding("閲覧記録の署名は、この機械の外にも出ています")


def _note(words: str) -> None:
    path = keys.folder() / PROBLEM
    if words:
        path.write_text(words, encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
