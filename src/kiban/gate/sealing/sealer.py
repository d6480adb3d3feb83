"""Sealing: take what was written, append it to the tree, sign the head. At most once a second.

Only a head that is on the disk of the database leaves it: the rows below it are there too, however they were committed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import get_ident

import psycopg
from django.conf import settings

from kiban.gate.sealing import keys, store
from kiban.gate.sealing.store import Connection, Log, Sealed
from kiban.ops import database, disk
from kiban.ops.database import Role
from kiban.tlog import tree
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import Head
from kiban.tlog.signing import Signer, checkpoint

LAST_HEAD = "last-head"  # in the keys' folder: the latest head that was signed, beside the database
BEAT = 15.0  # seconds at most between two notes that there is nothing to seal
ANOTHER = (
    "前に署名した閲覧記録の先頭が、このデータベースにありません。データベースが前の状態に戻されたか、書き換えられています。"
    "バックアップから戻したなど、心当たりがあれば、kiban log begin --because 理由 で新しい封印を始めてください。"
    "心当たりがなければ、何もせずに、運営の責任者に知らせてください。"
)
OTHER_CLUSTER = (
    "データベースが別のサーバに移っています(トランザクションの番号が続きません)。"
    "kiban log begin --because 理由 で新しい封印を始めてください。"
)
OTHER_KEY = (
    "この封印の署名は、この機械の知らない鍵のものです。1つのデータベースを使う機械は、同じ鍵で封印します。"
    "データの場所の seal を、はじめの機械から写してください。"
)
BROKEN = "閲覧記録の行のハッシュが壊れています。kiban log verify で確かめ、運営の責任者に知らせてください。"
NONE = "封印がまだ始まっていません。kiban setup を実行してください。"


class SealingError(Exception):
    """The log cannot be sealed; the message says why and what to do."""


@dataclass
class Sealer:
    """One tree that grows.

    Attributes:
        connection: as ``kiban_sealer``, in autocommit.
        edge: the tree's right edge, as of the last head this sealer saw.
    """

    connection: Connection
    edge: tree.Frontier = field(default_factory=tree.Frontier)
    log: Log | None = None

    def seal(self) -> Sealed | None:
        """Seal what there is to seal; the last head that was made, or nothing.

        Raises:
            SealingError: it cannot be sealed.
            KeyLostError: there is nothing to sign with.
        """
        sealed = None
        while (made := self._batch()) is not None:
            sealed, is_last = made
            remember(sealed.note)
            if is_last:
                break
        return sealed

    def is_behind(self) -> bool:
        """Whether rows wait to be sealed: a transaction older than they is still running."""
        latest = store.last_head(self.connection, self.log.number) if self.log else None
        return latest is not None and store.has_rows(self.connection, latest.range)

    def _batch(self) -> tuple[Sealed, bool] | None:
        with self.connection.transaction():
            self.connection.execute("SET LOCAL synchronous_commit = on")  # a head that leaves is on the disk
            self.connection.execute("SELECT 1 FROM gate.sealing FOR UPDATE")  # one sealer at a time
            log = self._right_log()
            latest = store.last_head(self.connection, log.number)
            self._catch_up(log, latest)
            logs = store.logs(self.connection)
            before = store.head_before(self.connection, log.number)
            added: list[bytes] = [] if latest or log.number == 1 else [bridge(before.note if before else "")]
            size = self.edge.size
            for wanted in store.to_take(self.connection, log, logs):
                batch = store.batch(self.connection, wanted)
                if batch.leaves:
                    break
            if not batch.leaves and not added:
                return None
            if any(len(leaf) != tree.LENGTH for leaf in batch.leaves):
                raise SealingError(BROKEN)
            edge = tree.Frontier(size, list(self.edge.roots))
            added += batch.leaves
            edge.add(map(tree.leaf_hash, added))
            store.add(self.connection, log.number, size, added)
            note = checkpoint(log.origin, edge.size, edge.root(), *who_signs(log, latest or before))
            first = edge.size - len(batch.leaves)
            sealed = Sealed(log.number, edge.size, first, batch.range, edge.root(), note)
            store.keep_head(self.connection, sealed)
        self.edge = edge
        return sealed, batch.is_last and batch.range.until_id == store.LAST_ID

    def _right_log(self) -> Log:
        log = store.last_log(self.connection)
        if log is None:
            raise SealingError(NONE)
        if log.cluster != store.cluster(self.connection):
            raise SealingError(OTHER_CLUSTER)
        if self.log != log:
            self.log, self.edge = log, tree.Frontier()
        return log

    def _catch_up(self, log: Log, latest: Sealed | None) -> None:
        """Begin where the tree ends, also when another sealer was at it in between; only there.

        Raises:
            SealingError: what is kept does not lead to the head that was signed, or a later head was signed.
        """
        size = latest.size if latest else 0
        if self.edge.size == size and (latest is None or self.edge.root() == latest.root):
            if self.edge.size:
                return
        else:
            self.edge = store.frontier(self.connection, log.number, size)
        if latest is not None and self.edge.root() != latest.root:
            raise SealingError(ANOTHER)
        if went_back(self.connection, log):
            raise SealingError(ANOTHER)


def bridge(note: str) -> bytes:
    """The first entry of a tree that follows another one: SHA-256 of the last head of that one (32 bytes)."""
    return hashlib.sha256(note.encode()).digest()


def who_signs(log: Log, latest: Sealed | None) -> list[Signer]:
    """The newest key; where it did not sign the head before, also the key that did, which so vouches for it.

    Args:
        latest: the head before, of this tree or of the one before it.

    Raises:
        KeyLostError: the newest is not there.
        SealingError: the latest head was signed on another machine, with a key this one never had.
    """
    newest, *older = keys.signers(log.origin)
    if latest is None:
        return [newest, *older]
    try:
        head = Head.read(latest.note)
        signed = {key.public for key in head.note.signed_by(keys.vkeys(head.origin))}
    except ProofError:
        raise SealingError(ANOTHER) from None
    if not signed and latest.log == log.number:
        raise SealingError(OTHER_KEY)
    if newest.key.public in signed:
        return [newest]
    return [newest, *(one for one in older if one.key.public in signed)]


def begin(connection: Connection, because: str, stem: str = "") -> Log:
    """Begin a tree (as the owner): the first, or another one after a restore.

    It waits for every row whose number was drawn and that is not written yet, and for a sealer at work: a row that
    came later would lie below the numbers of the new tree and in no tree at all, or in both.

    Args:
        because: why, in a few words.
        stem: of the first tree's name; the following ones keep it.
    """
    with connection.transaction():
        connection.execute("ALTER SEQUENCE care.access_log_id NO CYCLE")  # conflicts with whoever drew a number
        connection.execute("LOCK TABLE care.access_log IN SHARE MODE")
        connection.execute("SELECT 1 FROM gate.sealing FOR UPDATE")
        last = store.last_log(connection)
        stem = last.origin.rpartition("/")[0] if last else stem
        (highest,) = connection.execute("SELECT last_value FROM care.access_log_id").fetchone() or (0,)
        return store.begin(connection, f"{stem}/{(last.number if last else 0) + 1}", highest if last else 0, because)


def ensure_log(because: str = "はじめの封印") -> None:
    """The first tree, where there is none, and whether opening waits for it (``kiban setup``); safe to repeat."""
    with database.connect(Role.OWNER) as connection:
        if settings.SEAL_CLOSES_AFTER is None:
            connection.execute("UPDATE gate.sealing SET good_until = NULL")
        if store.last_log(connection) is None:
            name = settings.ALLOWED_HOSTS[0].strip("[].") or "localhost"
            begin(connection, because, f"{name}/access-log/{os.urandom(4).hex()}")


def went_back(connection: Connection, log: Log) -> bool:
    """Whether a head of the tree was signed that the database does not know."""
    last = remembered()
    if last is None or last.origin != log.origin:
        return False
    known = store.head_of_size(connection, log.number, last.size)
    return known is None or known.root != last.root


def remember(note: str) -> None:
    """Keep the head beside the database, so that a database that went back is noticed."""
    path = keys.folder() / LAST_HEAD
    beside = path.with_suffix(f".{os.getpid()}.{get_ident()}")  # two sealers do not share one
    beside.unlink(missing_ok=True)
    disk.write_new(beside, note.encode(), 0o644)
    beside.replace(path)


def remembered() -> Head | None:
    """The head kept beside the database; none where it is not there or unreadable."""
    try:
        return Head.read((keys.folder() / LAST_HEAD).read_text(encoding="utf-8"))
    except (OSError, ProofError, UnicodeDecodeError):
        return None


def beat(connection: Connection, closes_after: dt.timedelta | None) -> None:
    """Note that the log is sealed as of now, and until when opening may go on without another note."""
    connection.execute("UPDATE gate.sealing SET looked_at = now(), good_until = now() + %s::interval", [closes_after])


def stay(is_over: Callable[[float], bool], every: float, say: Callable[[str], None]) -> None:
    """Seal until it is over.

    Args:
        is_over: waits so many seconds, or less when it is over; says whether it is.
        every: seconds at least between two heads.
        say: is told why it cannot be sealed, once until that changes.
    """
    told = ""
    while True:
        try:
            with database.connect(Role.SEALER, options="-c synchronous_commit=on") as connection:
                sealer, next_beat = Sealer(connection), 0.0
                while True:
                    has_sealed = sealer.seal() is not None
                    if has_sealed or (time.monotonic() >= next_beat and not sealer.is_behind()):
                        beat(connection, settings.SEAL_CLOSES_AFTER)
                        next_beat = time.monotonic() + BEAT
                    told = ""
                    if is_over(every):
                        return
        except (SealingError, keys.KeyLostError, psycopg.Error, OSError) as error:
            words = str(error) if isinstance(error, SealingError | keys.KeyLostError) else type(error).__name__
            if words != told:
                told = words
                say(f"閲覧記録を封印できません: {words}")
        if is_over(BEAT):
            return
