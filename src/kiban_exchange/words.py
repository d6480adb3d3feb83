"""What a person at the PC reads: 理由.txt beside files that did not go, 記録.log. No names or numbers of users."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

LOG = "記録.log"
OLD_LOG = "記録_前.log"
_LARGEST_LOG = 1 << 20  # bytes; then it becomes the old one
OBJECTIONS = {
    "stranger": "送り先の利用者だと確かめられない人の行です。",
    "nothing_to_delete": "消すもとのものが、送り先に送られていません。",
}
WHO = "どなたの行かは、画面の「ケアプラン連携」→「送信」→「送る前の確認」でも見られます。"
HELD = "相手の事業所には、何も届いていません。"
AGAIN = "直したファイル(または介護ソフトから書き出し直したファイル)を「送信」フォルダに入れると、もう一度送ります。"


class Log:
    """Appends plain lines to 記録.log and shows them. A log that cannot be written stops nothing."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOG

    def __call__(self, text: str) -> None:
        line = f"{_now()} {text}"
        print(line, flush=True)
        try:
            if self._path.exists() and self._path.stat().st_size > _LARGEST_LOG:
                self._path.replace(self._path.with_name(OLD_LOG))
            with self._path.open("a", encoding="utf-8", newline="\r\n") as file:
                file.write(f"{line}\n")
        except OSError:
            print("(記録.log に書けませんでした)", file=sys.stderr)


def files_of(names: Iterable[str]) -> str:
    """A count, for the log: names of files of the exchange hold no personal data, others might."""
    return f"{len(list(names))}ファイル"


def about(sequence: str, office: str) -> str:
    """A sending in a line of the log."""
    return f"連番 {sequence or 'なし'} 事業所 {office or '不明'}"


def reason(unit: dict[str, Any]) -> str:
    """Why a unit was held, for 理由.txt."""
    errors = [one for one in unit["findings"] if one["severity"] == "error"]
    lines = [_place(one) for one in errors]
    lines += [_place({**one, "message": OBJECTIONS.get(one["code"], one["code"])}) for one in unit["objections"]]
    if unit["objections"]:
        lines.append(WHO)
    return plain_reason(unit["message"], unit["sequence"], unit["receiver"], unit["files"], lines)


def plain_reason(message: str, sequence: str, receiver: str, names: Iterable[str], places: Iterable[str] = ()) -> str:
    """Why files were not sent."""
    places = list(places)
    return "\n".join(
        [
            f"送りませんでした。{HELD}",
            f"理由: {message}",
            f"ファイル連番: {sequence or 'なし'}  送り先の事業所: {receiver or '不明'}",
            "ファイル:",
            *(f"  {name}" for name in sorted(names)),
            *(["場所:", *(f"  {one}" for one in places)] if places else []),
            AGAIN,
            "",
        ]
    )


def _place(one: dict[str, Any]) -> str:
    line = f" {one['line']}行目" if one.get("line") else ""
    column = f" {one['column']}列目({one['column_name']})" if one.get("column") else ""
    remedy = f"\n    直し方: {one['remedy']}" if one.get("remedy") else ""
    return f"{one['file']}{line}{column}: {one['message']}{remedy}"


def _now() -> str:
    return f"{dt.datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
