"""What a backup holds, in the operator's words; numbers only, nobody's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kiban.ops.backup.contents import DATABASE, Manifest

TOLD = {
    "care.person": "利用者",
    "care.record": "情報の版",
    "care.consent": "同意",
    "staff_account": "職員ID",
    "terminals_terminal": "端末",
    "care.access_log": "見た記録の行",
}


def moment_of(manifest: Manifest) -> str:
    """Until when, in this machine's time."""
    return _time(manifest.moment)


def contents_of(manifest: Manifest) -> Iterator[str]:
    """A line each: until when, how much, the last row of the log."""
    rows = {name.removeprefix("public."): many for name, many in manifest.rows.items()}
    yield f"{moment_of(manifest)} までに書き終えたものが、すべて入っています(介護情報基盤 {manifest.product})。"
    yield "、".join(f"{words} {rows.get(table, 0):,}件" for table, words in TOLD.items())
    if manifest.last_log:
        yield f"見た記録の最後の行: {_time(manifest.last_log['at'])}(番号 {manifest.last_log['id']})"
    files = sorted(name.removeprefix("files/") for name in manifest.parts if name != DATABASE)
    yield f"データの場所のファイル {len(files)}個(鍵の束、認証局の鍵など)"


def _time(moment: str) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M:%S %Z}"
