"""The sealed log as files anybody can check (C2SP tlog-tiles), with ``kiban-verify`` beside them."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipapp
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from kiban.gate.sealing import keys, store
from kiban.gate.sealing.store import Connection, Log
from kiban.tlog import tiles

# What the stand-alone verifier is made of: it verifies and signs nothing.
PARTS = (
    "__main__", "__init__", "checking", "ed25519", "errors", "notes", "places", "proofs", "received", "shown", "tiles",
    "tree", "trust",
)  # fmt: skip
START = "import sys\nfrom tlog.__main__ import main\nsys.exit(main())\n"
README = """介護情報基盤の、封印された閲覧記録です。

確かめかた(Python 3.11以降があれば、ほかには何もいりません):

  python3 kiban-verify.pyz . --key '公開鍵の1行'

公開鍵は、この書き出しとは別の道(紙、メール、前の運営指導)で受け取ったものを使ってください。
前に受け取った先頭(checkpoint)があれば、--head ファイル を足すと、それから書き換えられていないことも確かめられます。

N/checkpoint     署名された先頭(C2SP signed-note、tlog-checkpoint)
N/tile/          記録の木(C2SP tlog-tiles。entries は行そのものではなく、塩を加えたハッシュです)
N/heads/         日ごとの先頭
rows/            見せてよい行(1行に1件。text がハッシュされた文)。complete があれば、全部の行です
"""
ROWS = """
SELECT r.leaf, r.salt, gate.canonical(r), r.at FROM care.access_log AS r
 WHERE r.xid >= %s::text::xid8 AND r.xid < %s::text::xid8 AND r.id > %s AND r.id <= %s ORDER BY r.xid, r.id
"""
# The last head of each day, and those by which a key handed over to the next one (several signatures), each with the
# one before it, which tells which of the keys is the older.
KEPT_HEADS = """
(SELECT DISTINCT ON ((sealed_at AT TIME ZONE 'Asia/Tokyo')::date) size, note FROM gate.sealed_head
  WHERE log = %(log)s ORDER BY (sealed_at AT TIME ZONE 'Asia/Tokyo')::date, size DESC)
UNION
SELECT near.size, near.note FROM gate.sealed_head AS h
  CROSS JOIN LATERAL (SELECT size, note FROM gate.sealed_head
                       WHERE log = h.log AND size <= h.size ORDER BY size DESC LIMIT 2) AS near
 WHERE h.log = %(log)s AND h.note ~ E'\\n— [^\\n]+\\n— '
"""
# The latest head each witness has vouched for, with all their lines.
COSIGNED = """
SELECT h.size, h.note || string_agg(c.line, '' ORDER BY c.witness)
  FROM gate.sealed_cosignature AS c JOIN gate.sealed_head AS h USING (log, size)
 WHERE c.log = %s AND (c.log, c.size) IN (SELECT log, max(size) FROM gate.sealed_cosignature GROUP BY log, witness)
 GROUP BY h.size, h.note
"""
JAPAN = dt.timezone(dt.timedelta(hours=9))


@dataclass(frozen=True)
class Made:
    """What an export holds."""

    entries: int
    rows: int


def export(connection: Connection, place: Path, *, shows_rows: bool) -> Made:
    """Write the sealed log into a folder that is made for it.

    Args:
        connection: as the owner; everything is of one moment.
        place: does not exist yet.
        shows_rows: whether the rows themselves go with it (persons' numbers, who looked): for who may read them.

    Raises:
        FileExistsError: it does.
        OSError: it cannot be written.
    """
    place.mkdir(parents=True)
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        logs = store.logs(connection)
        sizes = [_tree(connection, place / str(log.number), log) for log in logs]
        (place / "keys").write_text(
            "".join(f"{key}\n" for log in logs for key in keys.vkeys(log.origin)), encoding="utf-8"
        )
        (place / "README.txt").write_text(README, encoding="utf-8")
        rows = _rows(connection, place / "rows", logs) if shows_rows else 0
    verifier(place / "kiban-verify.pyz")
    return Made(sum(sizes), rows)


def verifier(target: Path) -> None:
    """Write the stand-alone verifier: one file, run by ``python3``."""
    with TemporaryDirectory() as folder:
        package = Path(folder) / "tlog"
        package.mkdir()
        for part in PARTS:
            with as_file(files("kiban.tlog").joinpath(f"{part}.py")) as source:
                (package / f"{part}.py").write_bytes(source.read_bytes())
        (Path(folder) / "__main__.py").write_text(START, encoding="utf-8")
        held = io.BytesIO()
        zipapp.create_archive(folder, held, interpreter="/usr/bin/env python3", compressed=True)
        target.write_bytes(held.getvalue())
    target.chmod(0o755)


def _tree(connection: Connection, place: Path, log: Log) -> int:
    head = store.last_head(connection, log.number)
    if head is None:
        return 0
    _write(place / "checkpoint", head.note.encode())
    for size, note in connection.execute(KEPT_HEADS, {"log": log.number}).fetchall():
        _write(place / "heads" / f"{size:015d}", note.encode())
    for size, note in connection.execute(COSIGNED, [log.number]).fetchall():
        _write(place / "heads" / f"{size:015d}", note.encode())
    for name, content in tiles.laid_out(
        head.size, lambda first, end: store.split(store.entries(connection, log.number, first, end))
    ):
        _write(place / name, content)
    return head.size


def _rows(connection: Connection, place: Path, logs: list[Log]) -> int:
    place.mkdir()
    written = 0
    open_files: dict[str, io.TextIOBase] = {}
    try:
        for line, month in _lines(connection, logs):
            if month not in open_files:
                open_files[month] = (place / f"{month}.jsonl").open("w", encoding="utf-8")
            open_files[month].write(line + "\n")
            written += 1
    finally:
        for file in open_files.values():
            file.close()
    (place / "complete").touch()
    return written


def _lines(connection: Connection, logs: list[Log]) -> Iterator[tuple[str, str]]:
    for log, following in zip(logs, [*logs[1:], None], strict=True):
        until = following.after_id if following else store.LAST_ID
        for head in store.heads(connection, log.number):
            taken = replace(head.range, until_id=min(head.range.until_id, until))
            found = connection.execute(
                ROWS, [str(taken.from_xid), str(taken.below_xid), taken.after_id, taken.until_id]
            )
            held = store.split(store.entries(connection, log.number, head.first, head.size))
            places = {leaf: index for index, leaf in enumerate(held, head.first)}
            for leaf, salt, text, at in found:  # a row that was not sealed as it is has no place: it is told by -1
                index = places.get(bytes(leaf), -1)
                line = {"log": log.number, "index": index, "salt": bytes(salt).hex(), "text": text}
                yield json.dumps(line, ensure_ascii=False), f"{at.astimezone(JAPAN):%Y-%m}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
