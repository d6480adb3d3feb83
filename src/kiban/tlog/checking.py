"""Whether an export of a sealed log holds: every signature, every hash, every row that is shown.

An export is a folder or a zip: for each tree a folder with its number, laid out as tlog-tiles orders, ``heads/`` with
earlier heads, ``before`` with the last head of the tree before; ``rows/`` with what is shown of rows; ``keys``.
"""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from . import tiles, tree
from .errors import ProofError
from .notes import LOG, Head, Key

Place = Path | zipfile.Path


@dataclass
class Report:
    """What was looked at, and what does not hold (sentences that say where)."""

    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    entries: int = 0
    heads: int = 0
    rows: int = 0


@dataclass
class Tree:
    """One tree of an export: its number, its folder, its latest head, its roots at the sizes somebody signed."""

    number: int
    place: Place
    head: Head
    heads: list[Head] = field(default_factory=list)  # the latest last
    roots: dict[int, bytes] = field(default_factory=dict)
    shown: bytearray = field(default_factory=bytearray)  # 1 for each entry whose row is shown
    held: tuple[int, list[bytes]] = (-1, [])

    def entry(self, index: int) -> bytes:
        """One entry (32 bytes); whoever goes through them in order reads each bundle once."""
        number = index // tiles.WIDTH
        if self.held[0] != number:
            self.held = number, _bundle(self.place, number, min(tiles.WIDTH, self.head.size - number * tiles.WIDTH))
        return self.held[1][index % tiles.WIDTH]


def check(export: Path, keys: Sequence[Key], others: Sequence[str] = (), witnesses: Sequence[Key] = ()) -> Report:
    """Check an export with nothing but public keys got elsewhere.

    Args:
        export: a folder or a zip.
        keys: of the log; with none, those in the export are taken (then only its inner order is checked).
        others: heads that came another way (e-mail, a stick, another copy): each must lie in the export's tree.
        witnesses: who must have vouched for the latest head.

    Raises:
        ProofError: it is no export.
    """
    place = _place(export)
    numbers = sorted(int(one.name) for one in place.iterdir() if one.name.isdecimal())
    if not numbers:
        raise ProofError("閲覧記録の書き出し(番号の付いたフォルダ)ではありません")
    report = Report()
    listed = [Key.read(line) for line in _text(place / "keys").splitlines() if line]
    if not keys:
        keys = listed
        report.said.append(
            "公開鍵が渡されていないので、書き出しの中の鍵で確かめました。別の道で受け取った鍵で確かめてください。"
        )
    received = _received(others, keys, report)
    checked: dict[int, Tree] = {}
    for number in numbers:
        one = _check_tree(place / str(number), number, received, (keys, listed), report)
        if one is not None:
            checked[number] = one
    for head in received:
        _check_received(head, checked, report)
    for witness in witnesses:
        _check_witness(witness, checked, report)
    _check_rows(place, checked, report)
    return report


def _place(export: Path) -> Place:
    if export.is_dir():
        return export
    try:
        return zipfile.Path(export)
    except zipfile.BadZipFile:
        raise ProofError("閲覧記録の書き出し(フォルダかzip)ではありません") from None


def _received(others: Sequence[str], keys: Sequence[Key], report: Report) -> list[Head]:
    found = []
    for said in others:
        try:
            head = Head.read(said)
            if not head.note.signed_by(Key(head.origin, LOG, key.public) for key in keys):
                raise ProofError("渡された公開鍵の署名ではありません")
            found.append(head)
        except ProofError as error:
            report.faults.append(f"別に受け取った先頭: {error}")
    return found


def _check_tree(
    place: Place, number: int, received: Sequence[Head], keys: tuple[Sequence[Key], Sequence[Key]], report: Report
) -> Tree | None:
    name = f"封印{number}"
    try:
        heads = [Head.read(_text(one)) for one in _files(place / "heads")]
        one = Tree(number, place, Head.read(_text(place / "checkpoint")))
        one.heads = heads = [*sorted(heads, key=lambda head: head.size), one.head]
        sizes = {head.size for head in heads} | {head.size for head in received if head.origin == one.head.origin}
        one.roots, faults = _through(place, one.head.size, sizes)
        if number > 1 and one.entry(0) != sha256(_bytes(place / "before")).digest():
            faults.append("前の封印の最後の先頭につながっていません")
    except (ProofError, UnicodeDecodeError) as error:
        report.faults.append(f"{name}: 読めません({error if isinstance(error, ProofError) else '文字が壊れています'})")
        return None
    report.faults += [f"{name}: {fault}" for fault in faults]
    _check_signatures(name, heads, *keys, report)
    for head in heads:
        if head.origin != one.head.origin:
            report.faults.append(f"{name}: 大きさ{head.size}の先頭は、別の記録({head.origin})のものです")
        elif one.roots.get(head.size) != head.root:
            report.faults.append(f"{name}: 先頭から{head.size}行目までの記録が、署名されたものと違います")
    report.entries += one.head.size
    report.heads += len(heads)
    one.shown = bytearray(one.head.size)
    return one


def _through(place: Place, size: int, sizes: set[int]) -> tuple[dict[int, bytes], list[str]]:
    """Go through the entries once: the roots at these sizes, and the tiles that do not fit the entries."""
    edge, roots, faults = tree.Frontier(), {}, []
    level: list[bytes] = []  # roots of full bundles
    waiting = sorted(one for one in sizes if one <= size)
    for number, width in tiles.widths(0, size):
        hashes = [sha256(b"\x00" + entry).digest() for entry in _bundle(place, number, width)]
        if _bytes(place / tiles.name(0, number, width)) != b"".join(hashes):
            faults.append(f"タイル {tiles.name(0, number, width)} が記録と合いません")
        while waiting and waiting[0] < edge.size + width:
            partial = tree.Frontier(edge.size, list(edge.roots))
            partial.add(hashes[: waiting[0] - edge.size])
            roots[waiting.pop(0)] = partial.root()
        if width == tiles.WIDTH:
            level.append(tree.full_root(hashes))
            edge.add(level[-1:], 8)
        else:
            edge.add(hashes)
    roots |= dict.fromkeys(waiting, edge.root())
    return roots, faults + _check_tiles(place, level)


def _check_tiles(place: Place, hashes: list[bytes]) -> list[str]:
    """The tiles above the lowest level."""
    faults, level = [], 1
    while hashes:
        for number, width in tiles.widths(0, len(hashes)):
            name = tiles.name(level, number, width)
            if _bytes(place / name) != b"".join(hashes[number * tiles.WIDTH :][:width]):
                faults.append(f"タイル {name} が記録と合いません")
        hashes = tiles.above(hashes)
        level += 1
    return faults


def _check_signatures(
    name: str, heads: Sequence[Head], keys: Sequence[Key], listed: Sequence[Key], report: Report
) -> None:
    """Each head by a key that is trusted; a key is trusted, too, once a head bears it beside a trusted one."""
    trusted = {key.public for key in keys if key.kind == LOG}
    candidates = trusted | {key.public for key in listed}
    for head in heads:
        try:
            signing = {key.public for key in head.note.signed_by(Key(head.origin, LOG, one) for one in candidates)}
        except ProofError as error:
            report.faults.append(f"{name}: 大きさ{head.size}の先頭: {error}")
            continue
        if signing & trusted:
            trusted |= signing
        else:
            report.faults.append(
                f"{name}: 大きさ{head.size}の先頭は、渡された公開鍵(とその後を継いだ鍵)の署名ではありません"
            )


def _check_received(head: Head, checked: dict[int, Tree], report: Report) -> None:
    one = next((one for one in checked.values() if one.head.origin == head.origin), None)
    if one is None:
        report.faults.append(f"別に受け取った先頭({head.origin})の記録が、書き出しの中にありません")
    elif head.size > one.head.size:
        report.faults.append(
            f"封印{one.number}: 別に受け取った先頭は{head.size}行ですが、書き出しには{one.head.size}行しかありません"
            f"({one.head.size + 1}行目からあとが消されたか、前の状態に戻されています)"
        )
    elif one.roots[head.size] != head.root:
        report.faults.append(
            f"封印{one.number}: 別に受け取った先頭と、{head.size}行目までのどこかが違います"
            "(同じ鍵で、違う記録が2つ作られています)"
        )
    else:
        report.heads += 1


def _check_witness(witness: Key, checked: dict[int, Tree], report: Report) -> None:
    """How far a witness has vouched for the latest tree."""
    latest = max(checked.values(), key=lambda one: one.number, default=None)
    try:
        sizes = [head.size for head in latest.heads if head.note.is_signed_by(witness)] if latest else []
    except ProofError as error:
        report.faults.append(f"立会人: {error}")
        return
    if sizes:
        report.said.append(f"立会人 {witness.name} は、{max(sizes)}行目までを見届けています。")
    else:
        report.faults.append(f"立会人 {witness.name} の署名がありません")


def _check_rows(place: Place, checked: dict[int, Tree], report: Report) -> None:
    """Each row that is shown is the entry it says it is, and they stand in the order in which they were written."""
    for file in _files(place / "rows"):
        if file.name.endswith(".jsonl"):
            _check_month(file, checked, report)
    if (place / "rows" / "complete").is_file():
        report.faults += _missing(checked)


def _check_month(file: Any, checked: dict[int, Tree], report: Report) -> None:
    before, written_before, turned = (0, -1), (0, 0), 0
    for number, line in enumerate(_text(file).splitlines(), 1):
        where = f"rows/{file.name} の{number}行目"
        try:
            row = json.loads(line)
            at, text = (int(row["log"]), int(row["index"])), str(row["text"])
            entry = sha256(b"\x00" + bytes.fromhex(row["salt"]) + text.encode()).digest()
            written, month = _place_of(text)
        except (ValueError, KeyError, TypeError, IndexError):
            report.faults.append(f"{where}: 読めません")
            continue
        report.rows += 1
        one = checked.get(at[0])
        if at <= before:
            report.faults.append(f"{where}: 同じ行が2度あるか、順序が違います(封印{at[0]}の{at[1]}番)")
        elif one is None or not 0 <= at[1] < one.head.size or one.entry(at[1]) != entry:
            report.faults.append(f"{where}: 封印{at[0]}の{at[1]}番の行が、封印されたものと違います")
        else:
            one.shown[at[1]] = 1
            if month != file.name.removesuffix(".jsonl"):
                report.faults.append(f"{where}: 別の月({month})の行です")
            # What was left over from the tree before stands first in a tree, with numbers of another cluster.
            turned = (turned if at[0] == before[0] else 0) + (at[0] == before[0] and written < written_before)
            if turned > (at[0] > 1):
                report.faults.append(f"{where}: 封印{at[0]}の{at[1]}番の行は、書かれた順に封印されていません")
        before, written_before = at, written


def _missing(checked: dict[int, Tree]) -> Iterator[str]:
    """Where the export says that all rows are shown."""
    for one in checked.values():
        bridge = 0 if one.number == 1 else 1
        lacking = one.head.size - bridge - sum(one.shown[bridge:])
        if lacking:
            first = one.shown.index(0, bridge)
            yield f"封印{one.number}: 封印された行が{lacking}件ありません(はじめは{first}番)"


# Where a row's canonical text says which transaction and which number it has, and when it was (gate/accesslog.py).
PLACES = {"kiban-access-1": (2, 3, 4), "kiban-access-2": (4, 5, 6)}


def _place_of(text: str) -> tuple[tuple[int, int], str]:
    """((transaction, number), month in Japan as 2026-11)."""
    fields = text.split("\x1f")
    at, number, transaction = (int(fields[place]) for place in PLACES[fields[0]])
    return (transaction, number), month_of(at)


def month_of(microseconds: int) -> str:
    """The month in Japan of a moment (microseconds since 1970), as 2026-11."""
    at = dt.datetime.fromtimestamp(microseconds // 1_000_000, dt.timezone(dt.timedelta(hours=9)))
    return f"{at:%Y-%m}"


def _bundle(place: Place, number: int, width: int) -> list[bytes]:
    name = tiles.name("entries", number, width)
    found = tiles.entries(_bytes(place / name))
    if len(found) != width:
        raise ProofError(f"{name} の行数が違います")
    return found


def _files(place: Place) -> list[Any]:
    return sorted(place.iterdir(), key=lambda one: one.name) if place.is_dir() else []


def _text(place: Place) -> str:
    return _bytes(place).decode()


def _bytes(place: Place) -> bytes:
    if not place.is_file():
        raise ProofError(f"{place.name} がありません")
    return place.read_bytes()
